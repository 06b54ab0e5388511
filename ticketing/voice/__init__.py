"""The hall's voice: `speech.py` says which sounds a call is (pure), `making.py` makes those sounds anew.

The sounds stand in `api/web/static/voice.mp3`, their places in it in `voice.json`; `docs/voice.md` says how they
were made, and under which licence.
"""
