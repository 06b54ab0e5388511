// SMS: who wrote, what was said both ways, and a message being written.
"use strict";

import { Editor } from "./editor.js";
import { measure, write } from "./server.js";
import { element, List, Notice, written } from "./views.js";

const WAIT_MS = 150; // the server is asked what a text costs once the keys rest

export function inbox(phone) {
  const items = phone.threads().map(({ peer, last, unread }) => ({
    words: peer + (unread ? " (" + unread + ")" : ""), aside: last.text, strong: unread > 0,
    pick: () => phone.open(new Thread(phone, peer)),
  }));
  const list = new List(phone, phone.words.messages, items, phone.words.none);
  if (!items.length && phone.words.open.includes("sms")) { // no dead end: the first message can be written from here
    Object.assign(list, { left: phone.words.write, ok: () => phone.open(new Compose(phone)) });
  }
  return list;
}

export class Thread {
  constructor(phone, peer) {
    Object.assign(this, { phone, peer, title: peer, left: this.canReply(phone) ? phone.words.reply : "",
      right: phone.words.back, atEnd: true });
  }

  canReply(phone) {
    return phone.words.open.includes("sms");
  }

  draw() {
    this.phone.markRead(this.peer);
    return [element("ul", "talk", ...this.phone.lines.filter((line) => line.peer === this.peer).map((line) => element(
      "li", line.mine ? "mine" : "", element("span", "", line.text),
      element("small", "", line.when + " · " + line.size))))];
  }

  ok() {
    this.begin("");
  }

  digit(key) {
    this.begin(key, "123");
  }

  letter(character) {
    this.begin(character);
  }

  begin(text, mode) {
    if (this.canReply(this.phone)) this.phone.open(new Compose(this.phone, text, mode));
  }
}

// A message to the office: nobody else has a phone here.
export class Compose {
  constructor(phone, text = "", mode = "ABC") {
    Object.assign(this, { phone, title: phone.words.write, left: phone.words.send, cost: "" });
    this.editor = new Editor({ mode, text, changed: () => this.changed(), said: (letter) => phone.say(letter) });
    this.weigh();
  }

  get right() {
    return this.editor.text ? this.phone.words.erase : this.phone.words.back;
  }

  changed() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.weigh(), WAIT_MS);
    this.phone.render();
  }

  async weigh() {
    const text = this.editor.text;
    try {
      const size = await measure(text);
      if (text !== this.editor.text) return; // typed on meanwhile
      this.cost = size.words;
      this.phone.render();
    } catch (problem) {
      this.cost = "";
    }
  }

  draw() {
    const state = element("p", "meter", element("span", "", this.editor.mode), element("span", "", this.cost));
    state.setAttribute("aria-live", "off");
    return [state, element("p", "soft", this.phone.words.to + " " + this.phone.words.office_shown), written(this.editor)];
  }

  refresh(screen) {
    screen.replaceChildren(...this.draw());
  }

  async ok() {
    const { phone, editor } = this;
    if (!editor.text.trim()) return;
    editor.settle();
    const sending = new Notice(phone, phone.words.sending, { wait: true });
    phone.open(sending);
    try {
      await write(phone.number, editor.text);
      await phone.news();
      phone.showThread(phone.words.office_shown);
    } catch (problem) {
      phone.back();
      phone.open(new Notice(phone, problem.status === 501 ? phone.words.no_sms : phone.words.lost));
    }
  }
}
