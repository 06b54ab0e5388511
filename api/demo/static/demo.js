// Draws the phones of /demo instead of the plain forms, and brings them and the clock what is new. Without scripts the
// forms do the same.
"use strict";

import { Phone } from "./phone.js";
import { sendQuietly } from "./quiet.js";
import { look } from "./server.js";

const EVERY_MS = 1000;

const clock = document.querySelector("[data-clock]");
const place = document.querySelector("[data-phones]");
const words = JSON.parse(place.dataset.words);
const template = document.getElementById("device");
for (const plain of document.querySelectorAll("[data-plain]")) plain.hidden = true;
for (const scripted of document.querySelectorAll("[data-scripted]")) scripted.hidden = false;
const phones = [...place.querySelectorAll("[data-number]")].map((article) => new Phone(article, template, words, news));

async function news() {
  const seen = await look(phones.map((phone) => phone.number));
  clock.textContent = seen.moment;
  for (const phone of phones) phone.take({ hour: seen.hour, date: seen.date }, seen.phones[phone.number]);
}

async function tick() {
  if (!document.hidden) await news().catch(() => {}); // the demo was stopped: the page stays as it is
  setTimeout(tick, EVERY_MS);
}

sendQuietly((form) => {
  const phone = phones.find((one) => one.number === form.dataset.quiet);
  news().then(() => phone && phone.showThread(words.office_shown)).catch(() => {});
});
tick();
