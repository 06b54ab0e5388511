"""What every room stands on: settings, time, transactions, facts, refusals, sealing.

Imports nothing of the rest of the project.
"""
