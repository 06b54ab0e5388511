// Dialling, and the office's menu by USSD: a screen, an answer, the next screen, until one side ends it.
"use strict";

import { Editor } from "./editor.js";
import { dial, hangUp } from "./server.js";
import { element, Notice, written } from "./views.js";

const sessionId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Dial {
  constructor(phone, text = "") {
    Object.assign(this, { phone, title: phone.words.dial, left: phone.words.call });
    this.editor = new Editor({ mode: "123", text, changed: () => phone.render() });
  }

  get right() {
    return this.editor.text ? this.phone.words.erase : this.phone.words.back;
  }

  draw() {
    const text = written(this.editor);
    text.classList.add("large");
    return [text];
  }

  refresh(screen) {
    screen.replaceChildren(...this.draw());
  }

  digit(key) { // here `#` and `*` are what they say
    this.editor.insert(key);
  }

  letter() {} // no letters in a number

  ok() {
    const { phone, editor } = this;
    if (!editor.text) return;
    if (!/^[*#]/.test(editor.text)) phone.replace(new Notice(phone, phone.words.no_calls));
    else if (answers(phone.words, editor.text)) Session.begin(phone, editor.text);
    else phone.replace(new Notice(phone, phone.words.bad_code));
  }

  call() {
    this.ok();
  }
}

// Whether the network takes the code to the office: the code itself, or with the first answers in it.
function answers(words, code) {
  const stem = words.code.slice(0, -1);
  return words.open.includes("ussd") && (code === words.code || (code.startsWith(stem + "*") && /^[\d*]+#$/.test(code.slice(1))));
}

export class Session {
  static begin(phone, code) {
    const session = new Session(phone, sessionId());
    phone.home();
    phone.open(session);
    session.send(code);
  }

  // `text` is the screen that stands, in a session taken up again after the page was loaded anew.
  constructor(phone, id, text = "") {
    Object.assign(this, { phone, id, text, title: "USSD", waiting: false, over: false });
    this.editor = this.makeEditor();
  }

  makeEditor() {
    return new Editor({ mode: "123", changed: () => this.phone.render(), said: (letter) => this.phone.say(letter) });
  }

  get left() {
    if (this.waiting) return "";
    return this.over ? "OK" : this.phone.words.send;
  }

  get right() {
    if (this.over) return "";
    return this.editor && this.editor.text ? this.phone.words.erase : this.phone.words.close;
  }

  draw() {
    if (this.waiting) return [element("p", "middle", this.phone.words.waiting)];
    const screen = element("p", "ussd", this.text);
    if (this.over) return [screen];
    this.answer = element("div", "answer");
    this.answer.setAttribute("aria-live", "off");
    this.refresh();
    return [screen, this.answer];
  }

  refresh() {
    if (!this.answer || this.waiting || this.over) return;
    this.answer.replaceChildren(element("p", "meter", element("span", "", this.phone.words.answer),
      element("span", "", this.editor.mode)), written(this.editor));
    this.phone.reveal(this.answer);
  }

  async send(typed) {
    this.waiting = true;
    this.editor = null; // nothing can be typed while the network is asked
    this.phone.redraw();
    try {
      const { text, end } = await dial(this.phone.number, this.id, typed);
      Object.assign(this, { text, over: end });
    } catch (problem) {
      Object.assign(this, { text: problem.status ? this.phone.words.bad_code : this.phone.words.silent, over: true });
    }
    this.waiting = false;
    this.editor = this.over ? null : this.makeEditor();
    if (this.phone.view === this) this.phone.redraw();
  }

  ok() {
    if (this.over) this.phone.home();
    else if (!this.waiting && this.editor.text) this.send(this.editor.text);
  }

  call() {
    this.ok();
  }

  back() {
    this.end();
  }

  end() {
    if (!this.over) hangUp(this.phone.number).catch(() => {}); // the network notices by itself
    this.over = true;
    this.phone.home();
  }
}
