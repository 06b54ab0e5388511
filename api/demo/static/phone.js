// One phone: a pile of views on its screen, keys that reach the one on top, and the messages it has.
"use strict";

import { Home } from "./home.js";
import { Thread } from "./threads.js";
import { Session } from "./ussd.js";

const STEP = 40; // pixels an arrow scrolls by
const RING_MS = 4000;
const KEYS = { Enter: "ok", Escape: "escape", ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right",
  Backspace: "erase", Delete: "erase" };

export class Phone {
  // `news` asks the server at once instead of at the next tick.
  constructor(article, template, words, news) {
    Object.assign(this, { number: article.dataset.number, words, news, lines: [], clock: { hour: "", date: "" } });
    this.read = remembered(this.number);
    this.build(article, template);
    this.views = [new Home(this)];
    if (article.dataset.session) {
      this.views.push(new Session(this, article.dataset.session, article.dataset.standing));
    }
    this.redraw();
  }

  build(article, template) {
    const name = article.querySelector("h3").textContent.trim();
    const place = article.querySelector("[data-device]");
    place.append(template.content.cloneNode(true));
    const find = (what) => place.querySelector("[data-" + what + "]");
    this.device = place.querySelector(".device");
    this.device.setAttribute("aria-label", name);
    this.screen = find("screen");
    this.screen.setAttribute("aria-label", this.words.glass.replace("{phone}", name));
    Object.assign(this, { hour: find("hour"), count: find("unread"), labels: [find("left"), find("right")],
      soft: [find("key=left-soft"), find("key=right-soft")], sayer: find("say") });
    this.field = place.querySelector(".typed input");
    this.field.id = "typed" + this.number;
    place.querySelector(".typed label").htmlFor = this.field.id;
    this.listen();
  }

  listen() {
    this.device.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]");
      // After a finger or a mouse the keyboard belongs to the screen; who walks by Tab stays on the key.
      if (event.detail) this.screen.focus({ preventScroll: true });
      if (key) this.press(key.dataset.key);
    });
    this.device.addEventListener("keydown", (event) => this.typed(event));
    this.field.addEventListener("input", () => this.fill(this.field.value));
    this.field.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      this.press(KEYS[event.key]);
    });
  }

  // -- keys -----------------------------------------------------------------------------------------------

  typed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const onKey = event.target.closest("button");
    if (onKey && (event.key === "Enter" || event.key === " ")) return; // presses that key
    if (KEYS[event.key]) this.press(KEYS[event.key]);
    else if ([...event.key].length === 1) this.type(event.key);
    else return;
    event.preventDefault();
  }

  press(key) {
    const acts = {
      ok: () => this.view.ok && this.view.ok(), "left-soft": () => this.view.ok && this.view.ok(),
      "right-soft": () => (this.hasText() ? this.view.editor.erase() : this.goBack()),
      escape: () => (this.view.escape ? this.view.escape() : this.goBack()),
      erase: () => this.hasText() && this.view.editor.erase(),
      call: () => this.view.call && this.view.call(), end: () => (this.view.end ? this.view.end() : this.home()),
      up: () => this.move(-1), down: () => this.move(1), left: () => this.shift(-1), right: () => this.shift(1),
    };
    if (acts[key]) acts[key]();
    else if (this.view.digit) this.view.digit(key);
    else if (this.view.editor) this.view.editor.tap(key);
  }

  type(character) {
    if (this.view.editor && !(this.view.letter && !/[\d*#+]/.test(character))) this.view.editor.insert(character);
    else if (/[\d*#]/.test(character)) this.press(character);
    else if (this.view.letter) this.view.letter(character);
  }

  // What stands in the plain field goes where typing would go.
  fill(text) {
    if (this.view.editor) this.view.editor.set(text);
    else if (text && this.view.begin) this.view.begin(text);
    else if (text && this.view.digit) this.view.digit(text);
    this.render();
  }

  hasText() {
    return Boolean(this.view.editor && this.view.editor.text);
  }

  goBack() {
    if (this.view.back) this.view.back();
    else this.back();
  }

  move(by) {
    if (this.view.move) this.view.move(by);
    else this.screen.scrollTop += by * STEP;
  }

  shift(by) {
    if (this.view.editor) this.view.editor.move(by);
  }

  // -- views ----------------------------------------------------------------------------------------------

  get view() {
    return this.views[this.views.length - 1];
  }

  open(view) {
    this.views.push(view);
    this.redraw();
  }

  replace(view) {
    if (this.views.length > 1) this.views.pop();
    this.open(view);
  }

  back() {
    if (this.views.length > 1) this.views.pop();
    this.redraw();
  }

  home() {
    this.views.length = 1;
    this.redraw();
  }

  // What is done on the resting screen, from another one that cannot take it.
  fromHome(act) {
    this.home();
    act(this.view);
  }

  showThread(peer) {
    if (this.view instanceof Session && !this.view.over) return; // the network allows one thing at a time
    this.views.length = 1;
    this.open(new Thread(this, peer));
  }

  redraw() {
    this.drawn = null;
    this.render();
  }

  render() {
    const { view, screen } = this;
    if (this.drawn === view && view.refresh) {
      view.refresh(screen);
    } else if (this.drawn !== view) {
      this.drawn = view;
      screen.replaceChildren(...this.titled(view));
      screen.scrollTop = view.atEnd ? screen.scrollHeight : 0;
    }
    [view.left, view.right].forEach((words, n) => {
      this.labels[n].textContent = words;
      this.soft[n].setAttribute("aria-label", this.words.soft.replace("{words}", words || this.words.nothing));
    });
    this.hour.textContent = this.clock.hour;
    this.count.textContent = this.unread() ? "✉ " + this.unread() : "";
    const text = view.editor ? view.editor.text : "";
    if (this.field.value !== text) this.field.value = text;
  }

  titled(view) {
    const parts = view.draw();
    if (!view.title || view.refresh) return parts;
    const title = document.createElement("p");
    title.className = "title";
    title.textContent = view.title;
    return [title, ...parts];
  }

  // Scrolls the screen, never the page.
  reveal(part) {
    const top = part.offsetTop - this.screen.offsetTop;
    if (top < this.screen.scrollTop) this.screen.scrollTop = top;
    const under = top + part.offsetHeight - this.screen.clientHeight;
    if (under > this.screen.scrollTop) this.screen.scrollTop = under;
  }

  say(words) {
    this.sayer.textContent = words;
  }

  // -- messages -------------------------------------------------------------------------------------------

  take(clock, lines) {
    const last = (list) => (list.length ? list[list.length - 1].n : 0);
    const before = last(this.lines);
    const began = this.clock.hour !== "";
    this.clock = clock;
    if (last(lines) < before) this.read = {}; // the demo was started anew
    const changed = last(lines) !== before;
    this.lines = lines;
    if (changed && this.view instanceof Thread) this.redraw();
    else if (changed && this.view instanceof Home) this.redraw();
    else this.render();
    if (began && lines.some((line) => line.n > before && !line.mine)) this.ring();
  }

  ring() {
    this.device.classList.add("rings");
    if (!(this.view instanceof Thread || this.view instanceof Home)) this.say(this.words.new.replace("{n}", this.unread()));
    clearTimeout(this.ringing);
    this.ringing = setTimeout(() => this.device.classList.remove("rings"), RING_MS);
  }

  // Who wrote or was written to, the newest first: { peer, last, unread }.
  threads() {
    const found = new Map();
    for (const line of [...this.lines].reverse()) {
      if (!found.has(line.peer)) found.set(line.peer, { peer: line.peer, last: line, unread: 0 });
      if (!line.mine && line.n > (this.read[line.peer] || 0)) found.get(line.peer).unread += 1;
    }
    return [...found.values()];
  }

  unread() {
    return this.threads().reduce((sum, thread) => sum + thread.unread, 0);
  }

  markRead(peer) {
    const last = this.lines.filter((line) => line.peer === peer).pop();
    if (!last || this.read[peer] === last.n) return;
    this.read[peer] = last.n;
    try {
      sessionStorage.setItem("phone" + this.number, JSON.stringify(this.read));
    } catch (problem) {
      // a browser that keeps nothing: after a reload messages count as new again
    }
  }
}

function remembered(number) {
  try {
    return JSON.parse(sessionStorage.getItem("phone" + number)) || {};
  } catch (problem) {
    return {};
  }
}
