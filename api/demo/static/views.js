// What any small screen is made of. A view has `title`, `left` and `right` (words of the soft keys), `draw()`, and as it
// needs: `refresh(screen)` after a small change, `editor`, and what keys do: ok, back, call, end, move, digit, letter.
"use strict";

export function element(name, kind, ...content) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...content);
  return made;
}

// The text with a mark where the next letter goes; it is read out by who types, not by the live screen.
export function written(editor) {
  const text = element("p", "written", editor.text.slice(0, editor.caret), element("span", "caret"),
    editor.text.slice(editor.caret));
  if (editor.pending) text.classList.add("pending");
  text.setAttribute("aria-live", "off");
  return text;
}

// Choices one under the other; `items` are { words, aside, strong, pick }.
export class List {
  constructor(phone, title, items, empty = "") {
    Object.assign(this, { phone, title, items, empty, at: 0, left: items.length ? phone.words.choose : "",
      right: phone.words.back });
  }

  draw() {
    if (!this.items.length) return [element("p", "", this.empty)];
    this.rows = this.items.map((item, n) => {
      const row = element("li", item.strong ? "strong" : "", element("span", "", item.words));
      if (item.aside) row.append(element("small", "", item.aside));
      row.addEventListener("click", () => { this.at = n; this.ok(); });
      return row;
    });
    this.mark();
    return [element("ol", "list", ...this.rows)];
  }

  mark() {
    this.rows.forEach((row, n) => {
      if (n === this.at) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  }

  move(by) {
    if (!this.items.length) return;
    this.at = (this.at + by + this.items.length) % this.items.length;
    this.mark();
    this.phone.reveal(this.rows[this.at]);
    this.phone.say(this.items[this.at].words);
  }

  digit(key) {
    if (Number(key) >= 1 && Number(key) <= this.items.length) {
      this.at = Number(key) - 1;
      this.ok();
    }
  }

  letter(character) {
    this.phone.fromHome((home) => home.letter(character));
  }

  // A choice, or the beginning of what one would write or dial at rest.
  begin(text) {
    if (/^\d$/.test(text) && this.items.length) this.digit(text);
    else this.phone.fromHome((home) => home.begin(text));
  }

  ok() {
    if (this.items.length) this.items[this.at].pick();
  }
}

// A sentence; OK leaves it.
export class Notice {
  constructor(phone, words, { wait = false } = {}) {
    Object.assign(this, { phone, words, title: "", left: wait ? "" : "OK", right: "", wait });
  }

  draw() {
    return [element("p", "middle", this.words)];
  }

  begin(text) {
    if (!this.wait) this.phone.fromHome((home) => home.begin(text));
  }

  ok() {
    if (!this.wait) this.phone.back();
  }

  back() {
    this.ok();
  }
}
