// The door without network: keeps the day's list fresh while there is one, judges by it when there is none, and hands in
// afterwards whom it let in. `away` holds from the first answer that did not come until all is handed in, so that nobody
// scanned again meanwhile gets a second number. The device's clock may be wrong: `skew` is how much, at the last contact.
const Offline = (() => {
  const FRESH_MS = 180000, RETRY_MS = 5000, PATIENCE_MS = 8000, FEW = 20, MOST = 100;
  const sign = document.getElementById("away"), undecided = document.getElementById("undecided");
  const lang = document.documentElement.lang;
  let day = null, away = false, meeting = null, done = "";

  const now = () => Date.now() + (day?.skew ?? 0);
  const today = moment => new Intl.DateTimeFormat("en-CA", { timeZone: day.zone }).format(moment); // YYYY-MM-DD
  const fill = (text, value) => text.replace(/\{\w+\}/, value);

  // -- what the clerk sees ------------------------------------------------------------------------------

  const tell = async () => {
    const entries = await Store.entries(), held = entries.filter(one => !one.known).length;
    const refused = entries.filter(one => one.refused).map(one => one.number);
    const parts = away ? [sign.dataset.away] : done ? [done] : [];
    if (held) parts.push(fill(sign.dataset.waiting, held));
    if (refused.length) parts.push(fill(sign.dataset.refused, refused.join(", ")));
    const text = parts.join(" · ");
    if (sign.textContent !== text) sign.textContent = text;
    sign.hidden = !text;
    sign.classList.toggle("is-away", away);
  };

  const tellUndecided = count => {
    undecided.querySelector(".count").textContent = count;
    undecided.hidden = !count;
  };

  // -- with network -------------------------------------------------------------------------------------

  // Answers what the office says, or null when it cannot be reached; who must sign in goes there.
  const ask = async (path, body) => {
    const send = () => fetch(path, {
      signal: Online.within(PATIENCE_MS), method: body ? "POST" : "GET", body: body && JSON.stringify(body),
      headers: body ? { "Content-Type": "application/json", "X-CSRF-Token": Online.mark() } : {},
    });
    try {
      let answer = await send();
      if (body && answer.status === 403 && await Online.renew()) answer = await send();
      if (answer.redirected || [401, 403].includes(answer.status)) return Online.signIn();
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  };

  const renewList = async () => {
    const asked = Date.now(), list = await ask("/scan/day-list");
    if (!list) return false;
    const skew = list.now - (asked + Date.now()) / 2;
    day = { ...list, skew, keys: await Promise.all(list.keys.map(Tickets.key)) };
    await Store.keepDay(day);
    return true;
  };

  // A letter that runs short gets another block. The question names how many there were, so that asking again for an
  // answer that was lost brings the same block.
  const renewBlocks = async () => {
    const blocks = await Store.blocks(day.date), had = {};
    for (const letter of day.letters) {
      const own = blocks.filter(one => one.letter === letter);
      if (own.reduce((sum, one) => sum + one.last - one.next + 1, 0) < FEW) had[letter] = own.length;
    }
    if (!Object.keys(had).length) return;
    const browser = await Store.browser(crypto.getRandomValues(new Uint32Array(4)).join("-"));
    const given = await ask("/scan/blocks", { browser, date: day.date, had }) ?? {};
    for (const [letter, block] of Object.entries(given)) if (block) await Store.addBlock(day.date, letter, block);
  };

  // Who is to be handed in by who is signed in here: another office's wait for its own staff.
  const waiting = async () => (await Store.entries()).filter(one => !one.known && one.office === day.office);

  const handIn = async () => {
    const entries = (await waiting()).sort((one, other) => one.at - other.at).slice(0, MOST), numbers = [];
    if (!entries.length) return true;
    sign.textContent = sign.dataset.handing;
    const answer = await ask("/scan/handed-in", { office: day.office, entries: entries.map(
      ({ nonce, mark, date, at, number }) => ({ nonce, mark, date, at: new Date(at).toISOString(), number })) });
    if (!answer) return false;
    for (const { nonce, number, outcome } of answer.handed) {
      const told = entries.find(one => one.nonce === nonce).number;
      if (told && told !== number && outcome !== "refused") numbers.push(`${told} → ${number}`);
    }
    await Store.settle(answer.handed, now());
    done = [fill(sign.dataset.handed, entries.length), numbers.length && fill(sign.dataset.renumbered, numbers.join(", "))]
      .filter(Boolean).join(" · ");
    tellUndecided(answer.conflicts);
    return handIn();
  };

  // One meeting with the office at a time: the list, then who is to be handed in, then the list with them. Who was let in
  // meanwhile is handed in at the next one, which comes soon as long as the door is away.
  const meet = async () => {
    if (!away) done = ""; // what was handed in has been seen by now
    let back = await renewList();
    if (back && (await waiting()).length) back = await handIn() && await renewList();
    if (back) await renewBlocks();
    away = !back || (await waiting()).length > 0;
    await tell();
  };
  const renew = () => meeting ??= meet().catch(() => {}).finally(() => { meeting = null; });

  // -- without ------------------------------------------------------------------------------------------

  const goAway = () => {
    done = "";
    away = true;
    return tell();
  };

  const own = async () => new Map((await Store.entries()).filter(one => one.date === day.date)
    .map(one => [one.mark, { number: one.number, since: one.at }]));

  const letterOf = found => found.service ? day.services[found.service].letter : day.letters[0];

  const letIn = async (scan, found, at) => {
    const { entry, again } = await Store.admit(
      { nonce: scan.nonce, mark: found.mark, at, date: day.date, office: day.office }, letterOf(found));
    const known = { ...found, number: entry.number, since: entry.at };
    if (again) return { ...known, verdict: "already_admitted" };
    return entry.number ? known : { ...known, verdict: found.verdict === "late" ? "late_no_number" : "no_number" };
  };

  // The verdict as a part of the page; null when there is no list of today.
  const judge = async scan => {
    const at = now();
    if (!day || today(at) !== day.date) return null;
    let found = await Judge.judge(day, scan.text, at, await own());
    if (["admitted", "late"].includes(found.verdict)) found = await letIn(scan, found, at);
    if (found.verdict === "already_admitted" && !found.number) found.verdict = "no_number";
    await tell();
    return Verdicts.html(day, lang, found, sign.dataset.somewhere);
  };

  // Somebody came in by the network: without it, this door must know before its next list.
  const saw = async (scan, brief) => {
    const number = /[A-Z]-\d{3,}/.exec(brief ?? "")?.[0];
    if (!number || !day) return;
    const at = now(), { mark, date = day.date } = await Judge.judge(day, scan.text, at);
    if (mark && date === day.date) await Store.noteKnown({ nonce: scan.nonce, mark, at, date, office: day.office, number, known: at });
  };

  // -- from the first moment on -------------------------------------------------------------------------

  const start = async () => {
    if (!globalThis.indexedDB || !crypto.subtle) return; // not a safe address: the door works with network alone
    navigator.serviceWorker?.register("/door-worker.js", { scope: "/scan" }).catch(() => {});
    day = await Store.day() ?? null;
    if (day && today(now()) !== day.date) { day = null; await Store.forgetDay(); }
    away = !navigator.onLine || !!day && (await waiting()).length > 0;
    await tell();
    await renew();
    setInterval(() => away ? renew() : null, RETRY_MS);
    setInterval(renew, FRESH_MS);
    addEventListener("online", renew);
    addEventListener("offline", goAway);
  };
  const ready = start().catch(() => {});

  return {
    ready, judge, saw, goAway, renew,
    get away() { return away; },
    get canJudge() { return !!day && today(now()) === day.date; },
  };
})();
