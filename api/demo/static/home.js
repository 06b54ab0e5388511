// The screen a phone rests on, and its menu.
"use strict";

import { Compose, inbox } from "./threads.js";
import { Dial, Session } from "./ussd.js";
import { element, List } from "./views.js";

export class Home {
  constructor(phone) {
    Object.assign(this, { phone, title: "", right: phone.words.messages });
  }

  get left() {
    return this.phone.unread() ? this.phone.words.read : this.phone.words.menu;
  }

  draw() {
    const { phone } = this;
    const rest = [element("p", "brand-name", phone.words.brand)];
    this.hour = element("p", "hour", phone.clock.hour);
    this.date = element("p", "soft", phone.clock.date);
    this.hour.setAttribute("aria-live", "off"); // a clock that speaks each minute helps nobody
    if (phone.unread()) rest.push(element("p", "news", phone.words.new.replace("{n}", phone.unread())));
    return [element("div", "home", ...rest.slice(0, 1), this.hour, this.date, ...rest.slice(1))];
  }

  refresh() {
    this.hour.textContent = this.phone.clock.hour;
    this.date.textContent = this.phone.clock.date;
  }

  ok() {
    const fresh = this.phone.threads().find((thread) => thread.unread);
    if (fresh) this.phone.showThread(fresh.peer);
    else this.phone.open(menu(this.phone));
  }

  back() { // the right soft key
    this.phone.open(inbox(this.phone));
  }

  escape() {}

  move() {
    this.ok();
  }

  call() {
    this.phone.open(new Dial(this.phone, this.phone.words.open.includes("ussd") ? this.phone.words.code : ""));
  }

  digit(key) {
    this.phone.open(new Dial(this.phone, key));
  }

  letter(character) {
    if (character.trim() && this.phone.words.open.includes("sms")) this.begin(character);
  }

  begin(text) {
    const dials = /^[\d*#+]/.test(text) || !this.phone.words.open.includes("sms");
    this.phone.open(dials ? new Dial(this.phone, text) : new Compose(this.phone, text));
  }
}

function menu(phone) {
  const { words } = phone;
  const items = [{ words: words.messages, pick: () => phone.replace(inbox(phone)) }];
  if (words.open.includes("sms")) items.push({ words: words.write, pick: () => phone.replace(new Compose(phone)) });
  if (words.open.includes("ussd")) {
    items.push({ words: words.ussd.replace("{code}", words.code), pick: () => Session.begin(phone, words.code) });
  }
  return new List(phone, words.menu, items);
}
