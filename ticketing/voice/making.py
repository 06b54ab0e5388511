"""Makes the hall's sounds anew: `python -m ticketing.voice.making api/web/static`.

Needs the programs espeak-ng and ffmpeg. All sounds become one file, so that a screen asks once; each stands between
two moments of silence, as browsers differ by some 50 ms in where an MP3 file begins.
"""

from __future__ import annotations

import json
import subprocess
import sys
import wave
from array import array
from pathlib import Path
from tempfile import TemporaryDirectory

from ticketing.voice.speech import SOUNDS

# Espeak's phonemes where its rules for Indonesian read a word as nobody says it; letters by their Indonesian names.
SAID = {
    "nomor-antrean": "nomor antrean", "silakan-menuju": "silakan menuju", "silakan-lihat-layar": "silakan lihat layar",
    "loket": "[[l'okEt]]", "konter": "[[k'ont@R]]",
    "A": "[['a]]", "B": "[[b'e]]", "C": "[[tS'e]]", "D": "[[d'e]]", "E": "[['e]]", "F": "[['Ef]]", "G": "[[g'e]]",
    "H": "[[h'a]]", "I": "[['i]]", "J": "[[dZ'e]]", "K": "[[k'a]]", "L": "[['El]]", "M": "[['Em]]", "N": "[['En]]",
    "O": "[['o]]", "P": "[[p'e]]", "Q": "[[k'i]]", "R": "[['ER]]", "S": "[['Es]]", "T": "[[t'e]]", "U": "[['u]]",
    "V": "[[f'e]]", "W": "[[w'e]]", "X": "[['Eks]]", "Y": "[[j'e]]", "Z": "[[z'Et]]",
    "0": "nol", "1": "satu", "2": "dua", "3": "tiga", "4": "[[@mp'at]]", "5": "lima", "6": "[[@n'am]]", "7": "tujuh",
    "8": "delapan", "9": "sembilan",
}
VOICE = ("-v", "id", "-s", "120", "-p", "38", "-a", "100")  # words a minute; pitch and loudness of 0 to 99 and 200
AROUND_S = 0.06
FADE_S = 0.006
QUIET = 250        # of 32,767: below that nothing is said
LOUD = 5_500.0     # root of the mean square every sound is brought to
LOUDEST = 31_000   # and what none may pass


def make(folder: Path) -> None:
    """Write `voice.mp3` and `voice.json` (sound -> [start, length], seconds) into the folder."""
    places: dict[str, list[float]] = {}
    whole = array("h")
    with TemporaryDirectory() as place:
        file, rate = Path(place) / "sound.wav", 0
        for name in SOUNDS:
            samples, rate = _said(name, file)
            around = array("h", bytes(2 * round(AROUND_S * rate)))
            sound = around + _even(_trimmed(samples), rate) + around
            places[name] = [round(len(whole) / rate, 3), round(len(sound) / rate, 3)]
            whole += sound
        _write(file, whole, rate)
        _run("ffmpeg", "-y", "-loglevel", "error", "-i", str(file), "-af", "highpass=f=110", "-ac", "1",
             "-codec:a", "libmp3lame", "-b:a", "32k", "-map_metadata", "-1", str(folder / "voice.mp3"))
    (folder / "voice.json").write_text(json.dumps(places, separators=(",", ":")) + "\n", encoding="utf-8")


def _said(name: str, file: Path) -> tuple[array[int], int]:
    """The samples of a sound and their rate: a comma lets the voice go on, a full stop go down."""
    word = name.removesuffix(".")
    _run("espeak-ng", *VOICE, "-w", str(file), SAID.get(word, word) + ("." if name.endswith(".") else ","))
    with wave.open(str(file)) as read:
        return array("h", read.readframes(read.getnframes())), read.getframerate()


def _trimmed(samples: array[int]) -> array[int]:
    heard = [at for at, sample in enumerate(samples) if abs(sample) > QUIET]
    return samples[heard[0]:heard[-1] + 1]


def _even(samples: array[int], rate: int) -> array[int]:
    """As loud as the others, and without a click at either end."""
    mean = (sum(sample * sample for sample in samples) / len(samples)) ** 0.5
    gain = min(LOUD / mean, LOUDEST / max(map(abs, samples)))
    fade = round(FADE_S * rate)
    return array("h", (round(sample * gain * min(1.0, at / fade, (len(samples) - 1 - at) / fade))
                       for at, sample in enumerate(samples)))


def _write(file: Path, samples: array[int], rate: int) -> None:
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(samples.tobytes())


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - the words are ours


if __name__ == "__main__":
    make(Path(sys.argv[1]))
