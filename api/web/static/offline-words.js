// A verdict of this door as the page shows it: the frames and sentences came with the day's list, in both languages.
const Verdicts = (() => {
  const LOCALES = { id: "id-ID", en: "en-GB" };

  const format = (day, lang, moment, how) => new Intl.DateTimeFormat(LOCALES[lang], { ...how, timeZone: day.zone }).format(moment);

  const hour = (day, lang, moment) =>
    `${format(day, lang, moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })} ${day.zone_name}`;

  // In two parts: a full date in Indonesian would have a nought before one digit, which the office does not write.
  const date = (day, lang, moment) => `${format(day, lang, moment, { weekday: "long" })}, ${
    format(day, lang, moment, { day: "numeric", month: "long", year: "numeric" })}`;

  const escape = text => String(text).replace(/[&<>"']/g, one => `&#${one.charCodeAt(0)};`);

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);

  const values = (day, lang, found, somewhere) => ({
    number: found.number, office: somewhere,
    time: found.start && hour(day, lang, found.start), from: found.opens && hour(day, lang, found.opens),
    since: found.since && hour(day, lang, found.since),
    date: found.start ? date(day, lang, found.start) : found.date && date(day, lang, Date.parse(`${found.date}T12:00Z`)),
  });

  // Which service, how many, booked for when: what is known of the visitor without their name.
  const about = (day, lang, words, found) => {
    const parts = [day.services[found.service].name[lang]];
    if (found.party > 1) parts.push(fill(words.party, { n: found.party }));
    const moment = `${date(day, lang, found.start)}, ${hour(day, lang, found.start)}`;
    return [...parts, fill(words.booked_for, { moment })].join(" · ");
  };

  const html = (day, lang, found, somewhere) => {
    const words = day.words[lang], said = words.verdicts[found.verdict], given = values(day, lang, found, somewhere);
    const filled = { title: escape(fill(said.title, given)), say: escape(fill(said.say, given)) };
    const box = document.createElement("template");
    box.innerHTML = fill(words.frames[said.look], filled).trim();
    const add = (textContent, className) =>
      box.content.firstElementChild.append(Object.assign(document.createElement("p"), { textContent, className }));
    if (found.priority && said.look !== "no") add(words.first[found.priority], "first");
    if (found.service) add(about(day, lang, words, found), "");
    return box.innerHTML;
  };

  return { html };
})();
