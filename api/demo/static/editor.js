// What is being typed: by number keys pressed several times, by a keyboard, or in the plain field.
"use strict";

// As on keypad phones; the digit itself comes last.
const LETTERS = {
  1: ".,?!'\"-()@:;1", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6", 7: "pqrs7", 8: "tuv8", 9: "wxyz9",
  0: " 0", "*": "*+/#=&%",
};
const MODES = ["ABC", "abc", "123"];
const PAUSE_MS = 1200; // after that the same key begins another letter

export class Editor {
  // `changed` is called after each change; `said(letter)` for what a key has just given, as eyes would see it.
  constructor({ mode = "ABC", text = "", changed, said = () => {} }) {
    this.mode = mode;
    this.text = text;
    this.caret = text.length;
    this.pending = null;
    this.changed = changed;
    this.said = said;
  }

  set(text) {
    this.settle();
    this.text = text;
    this.caret = text.length;
    this.changed();
  }

  insert(characters) {
    this.settle();
    this.put(characters);
    this.changed();
  }

  erase() {
    this.settle();
    this.text = this.text.slice(0, Math.max(this.caret - 1, 0)) + this.text.slice(this.caret);
    this.caret = Math.max(this.caret - 1, 0);
    this.changed();
  }

  move(by) {
    this.settle();
    this.caret = Math.min(Math.max(this.caret + by, 0), this.text.length);
    this.changed();
  }

  // One press of a number key, `*` or `#`.
  tap(key) {
    if (key === "#") this.nextMode();
    else if (this.mode === "123") this.insert(key);
    else this.cycle(key);
  }

  nextMode() {
    this.settle();
    this.mode = MODES[(MODES.indexOf(this.mode) + 1) % MODES.length];
    this.said(this.mode);
    this.changed();
  }

  cycle(key) {
    const letters = this.mode === "ABC" ? LETTERS[key].toUpperCase() : LETTERS[key];
    let at = 0;
    if (this.pending && this.pending.key === key) {
      at = (this.pending.at + 1) % letters.length;
      clearTimeout(this.pending.timer);
      this.text = this.text.slice(0, this.caret - 1) + this.text.slice(this.caret);
      this.caret -= 1;
    } else {
      this.settle();
    }
    this.put(letters[at]);
    this.pending = { key, at, timer: setTimeout(() => { this.settle(); this.changed(); }, PAUSE_MS) };
    this.said(letters[at]);
    this.changed();
  }

  put(characters) {
    this.text = this.text.slice(0, this.caret) + characters + this.text.slice(this.caret);
    this.caret += characters.length;
  }

  // The letter that could still change is meant.
  settle() {
    if (this.pending) clearTimeout(this.pending.timer);
    this.pending = null;
  }
}
