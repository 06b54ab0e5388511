// Asks the demo's server. Raises what fetch raises when nobody answers in time, and an Error with `status` otherwise.
"use strict";

const PATIENCE_MS = 12000; // the network's own is 10 s

async function ask(path, body) {
  const request = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) };
  if (body !== undefined) {
    request.method = "POST";
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const answer = await fetch(path, request);
  if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
  return answer.status === 204 ? null : answer.json();
}

const ofPhone = (number, what) => "/demo/phones/" + encodeURIComponent(number) + "/" + what;

export const look = (numbers) => ask("/demo/look?" + new URLSearchParams(numbers.map((number) => ["phone", number])));
export const measure = (text) => ask("/demo/measure", { text });
export const write = (number, text) => ask(ofPhone(number, "sms"), { text });
export const dial = (number, session, input) => ask(ofPhone(number, "ussd"), { session, input });
export const hangUp = (number) => ask(ofPhone(number, "hang-up"), {});
