// The hall's screen: keeps what the page shows true, and says the calls. A stream of events (EventSource) brings the whole
// board whenever it changes; while the stream is away the board is asked for every few seconds, and a sign says so.
// Written without newer syntax (ECMAScript 2015): televisions have old browsers, and a script they cannot read would leave
// an old board standing.
(() => {
  "use strict";
  const SILENT_MS = 30000;   // the server says every ten seconds that it is there
  const ASK_MS = 5000, AGAIN_MS = 1000, SPREAD_MS = 2000;   // 200 screens must not come back in one moment
  const TURN_MS = 10000;     // one message
  const OLD_MS = 90000;      // a call that is older is shown, but not spoken
  const body = document.body, data = body.dataset, find = id => document.getElementById(id);
  const all = selector => Array.from(document.querySelectorAll(selector));

  // -- the clock: the server's, in the office's own time --------------------------------------------------------

  let ahead = 0, offset = 0;
  const two = number => (number < 10 ? "0" : "") + number;
  const present = () => Date.now() + ahead;

  const setClock = text => {   // 2026-11-24T08:00:00+08:00
    const zone = /([+-])(\d\d):(\d\d)$/.exec(text);
    offset = zone ? (zone[1] + 1) * (zone[2] * 60 + +zone[3]) * 60000 : 0;
    ahead = Date.parse(text) - Date.now();
    tick();
  };

  const tick = () => {
    const local = new Date(present() + offset);
    find("clock").textContent = two(local.getUTCHours()) + "." + two(local.getUTCMinutes());
  };

  // -- what is shown ---------------------------------------------------------------------------------------------

  const rows = all(".calls li"), told = find("told"), messages = find("messages");
  let newest = null, kept = "", turn = 0;

  const fill = (row, call) => {
    row.hidden = !call;
    if (!call) return;
    const to = row.querySelector(".to");
    row.querySelector("b").textContent = call.number;
    to.textContent = call.name;
    to.classList.toggle("long", call.name.length > 9);
  };

  const pulse = row => { row.classList.remove("pulse"); void row.offsetWidth; row.classList.add("pulse"); };

  const minutes = (now, estimate) => {
    if (!estimate) return "–";
    const after = text => (Date.parse(text) - now) / 60000 / 5;
    const first = Math.max(0, Math.floor(after(estimate.from)) * 5);
    return first + "–" + Math.max(first + 5, Math.ceil(after(estimate.to)) * 5);
  };

  const showQueues = board => {
    for (const queue of board.waiting) {
      const row = document.querySelector("[data-letter='" + queue.letter + "']");
      if (!row) return location.reload();   // the office has another queue now
      const cells = row.querySelectorAll("td");
      cells[0].textContent = queue.count;
      cells[1].textContent = minutes(Date.parse(board.now), queue.estimate);
    }
  };

  const paragraph = (text, lang) => {
    const made = document.createElement("p");
    made.textContent = text; made.lang = lang;
    return made;
  };

  const showMessages = list => {
    if (JSON.stringify(list) === kept) return;
    kept = JSON.stringify(list); turn = 0;
    messages.hidden = !list.length;
    messages.textContent = "";
    for (const one of list) {
      const box = document.createElement("div");
      box.classList.toggle("long", Math.max(one.id.length, one.en.length) > 80);
      box.appendChild(paragraph(one.id, "id"));
      if (one.en !== one.id) box.appendChild(paragraph(one.en, "en"));
      messages.appendChild(box);
    }
    turnMessages();
  };

  const turnMessages = () => {
    const boxes = Array.from(messages.children);
    boxes.forEach((box, n) => box.classList.toggle("later", n !== turn % boxes.length));
    turn += 1;
  };

  const sentence = call => data.call.replace("{number}", call.number).replace("{counter}", call.name);

  const show = board => {
    setClock(board.now);
    const opening = newest === null, anew = opening || newest.date !== board.date;   // calls are counted by the day
    const fresh = board.calls.filter(one => anew || one.call > newest.call).reverse();
    const latest = board.calls.reduce((most, one) => Math.max(most, one.call), anew ? 0 : newest.call);
    newest = { date: board.date, call: latest };
    rows.forEach((row, n) => fill(row, board.calls[n]));
    find("none").hidden = board.calls.length > 0;
    showQueues(board);
    showMessages(board.messages);
    say(fresh);
    if (opening || !fresh.length) return;
    pulse(rows[0]);
    told.textContent = fresh.map(sentence).join(" ");
  };

  // -- staying in touch --------------------------------------------------------------------------------------------

  let stream = null, heard = 0, asking = null;

  const live = () => {
    heard = Date.now();
    clearInterval(asking); asking = null;
    find("away").hidden = true;
    body.classList.add("live");
  };

  const away = () => {
    if (stream) stream.close();
    stream = null;
    body.classList.remove("live");
    find("away").hidden = false;
    if (asking === null) { asking = setInterval(ask, ASK_MS); ask(); }
    setTimeout(listen, AGAIN_MS + Math.random() * SPREAD_MS);
  };

  const ask = () => fetch(data.board, { cache: "no-store" })
    .then(answer => answer.ok ? answer.json() : Promise.reject(answer.status))
    .then(board => { if (asking !== null) show(board); })
    .catch(() => {});   // the sign is there already, and we ask again

  const listen = () => {
    if (stream || !window.EventSource) return;
    const mine = stream = new EventSource(data.board + "/events");
    heard = Date.now();
    mine.onmessage = event => { live(); show(JSON.parse(event.data)); };
    mine.addEventListener("beat", event => { live(); setClock(event.data); });
    mine.onerror = () => { if (stream === mine) away(); };
  };

  const watch = () => {
    tick();
    if (stream && Date.now() - heard > SILENT_MS) away();   // also after the machine slept
  };

  // -- the voice -----------------------------------------------------------------------------------------------------

  const button = find("sound"), Audio = window.AudioContext || window.webkitAudioContext;
  const CHIME = [[659.3, 0], [523.3, .55]], CHIME_S = 1.6, BETWEEN_S = .9, BREATH_S = .2, HURRY_S = 40, MOST = 20;
  const pending = [];
  let context = null, sounds = null, parts = null, quietFrom = 0;
  const wanted = () => localStorage.getItem("board-sound") === "on" || /[?&]sound=on\b/.test(location.search);
  const isOn = () => !!context && context.state === "running";
  const isYoung = (call, behind) => present() + behind * 1000 - Date.parse(call.since) < OLD_MS;

  const tellSound = () => {
    const on = isOn();
    button.setAttribute("aria-pressed", on);
    for (const words of all("#sound span")) words.textContent = on ? words.dataset.on : words.dataset.off;
  };

  const prepare = () => {
    const mine = context = new Audio();
    sounds = null; quietFrom = 0;
    context.onstatechange = () => { tellSound(); speak(); };
    const file = fetch(data.voice).then(answer => answer.arrayBuffer())
      .then(bytes => new Promise((done, failed) => mine.decodeAudioData(bytes, done, failed)));
    Promise.all([file, fetch(data.parts).then(answer => answer.json())])
      .then(found => { if (context === mine) { sounds = found[0]; parts = found[1]; speak(); } })
      .catch(() => { if (context === mine) stop(); });   // the button offers to try again
    tellSound();
  };

  const stop = () => { context.close(); context = null; tellSound(); };

  // Two falling tones, as of a doorbell.
  const chime = at => {
    for (const tone of CHIME) {
      const source = context.createOscillator(), gain = context.createGain(), from = at + tone[1];
      source.frequency.value = tone[0];
      gain.gain.setValueAtTime(.0001, from);
      gain.gain.exponentialRampToValueAtTime(.35, from + .02);
      gain.gain.exponentialRampToValueAtTime(.0001, from + 1.1);
      source.connect(gain); gain.connect(context.destination);
      source.start(from); source.stop(from + 1.15);
    }
    return at + CHIME_S;
  };

  // One sound after the other; answers when the last one ends.
  const sentenceAt = (names, at) => names.reduce((from, name) => {
    const place = parts[name], source = context.createBufferSource();
    const begin = from + (/^silakan/.test(name) ? BREATH_S : 0);
    source.buffer = sounds;
    source.connect(context.destination);
    source.start(begin, place[0], place[1]);
    return begin + place[1];
  }, at);

  // Each call begins when the one before it has ended, by the clock of the sound itself. In a hall that calls faster than
  // one can speak, each is said once, so that the voice does not fall ever further behind the screen.
  const speak = () => {
    if (!isOn() || !sounds) return;
    for (const call of pending.splice(0)) {
      const from = Math.max(context.currentTime + .1, quietFrom), behind = from - context.currentTime;
      if (!isYoung(call, behind)) continue;
      const once = sentenceAt(call.say, chime(from));
      const to = behind > HURRY_S ? once : sentenceAt(call.say, once + BETWEEN_S);
      quietFrom = to + BETWEEN_S;
      document.dispatchEvent(new CustomEvent("voice", { detail: { call: call.call, say: call.say, from, to } }));
    }
  };

  const say = calls => {
    if (!wanted()) return;
    pending.push.apply(pending, calls);
    pending.splice(0, Math.max(0, pending.length - MOST));
    speak();
  };

  const switchSound = () => {
    const on = isOn();
    localStorage.setItem("board-sound", on ? "off" : "on");
    if (on) return stop();
    if (!context) prepare();
    context.resume();
    chime(context.currentTime + .1);   // so that somebody hears whether it is loud enough
  };

  if (Audio) {
    button.hidden = false;
    button.addEventListener("click", switchSound);
    if (wanted()) prepare();
  }

  // -- begin ---------------------------------------------------------------------------------------------------------

  turnMessages();
  setClock(find("clock").getAttribute("datetime"));
  setInterval(watch, 1000);
  setInterval(turnMessages, TURN_MS);
  addEventListener("online", () => { if (!stream) listen(); });
  if (window.EventSource) listen(); else away();
})();
