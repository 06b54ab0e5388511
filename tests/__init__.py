"""The suite mirrors the rooms; `flows/` holds whole journeys. Everything here runs on invented people."""
