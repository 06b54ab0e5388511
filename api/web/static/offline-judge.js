// The verdict on a ticket by the day's list alone: the rules of ticketing/checkin.py, in the same order; a test compares
// the two. `day` is what the door keeps, `own` who came in by this door since: Map of mark -> { number, since }.
const Judge = (() => {
  const MINUTE_MS = 60000;

  const isOpen = (day, now) => day.closes !== null && now < day.closes;

  // `old`: a token was shown that a move retired.
  const ofTicket = (day, ticket, now, old) => {
    const open = ticket.start - day.early_minutes * MINUTE_MS;
    if (ticket.status === "cancelled") return { verdict: "cancelled" };
    if (old) return { verdict: ticket.date === day.date ? "moved_today" : "moved" };
    if (ticket.date !== day.date) return { verdict: ticket.date < day.date ? "wrong_day_past" : "wrong_day" };
    if (ticket.status === "arrived") return { verdict: "already_admitted" };
    if (now < open) return { verdict: "early", opens: open };
    const inTime = ticket.status === "booked" && now <= ticket.start + day.late_minutes * MINUTE_MS;
    return { verdict: inTime ? "admitted" : isOpen(day, now) ? "late" : "late_closed" };
  };

  const judged = (day, ticket, now, old, own) => {
    const here = own.get(ticket.ticket);
    const known = here ? { ...ticket, status: "arrived", ...here } : ticket;
    return { ...known, ...ofTicket(day, known, now, old), mark: ticket.ticket };
  };

  // A genuine ticket of today that is not in the list was booked after the list was made.
  const unlisted = (day, mark, now, own) => {
    const here = own.get(mark);
    if (here) return { verdict: "already_admitted", mark, ...here };
    return { verdict: isOpen(day, now) ? "admitted" : "unlisted_closed", mark };
  };

  const judge = async (day, text, now, own = new Map()) => {
    const scanned = Tickets.readScan(text);
    if (!scanned) return { verdict: Tickets.codeDigits(text.trim()) ? "mistyped" : "unknown" };
    if (scanned.code) {
      const mark = await Tickets.mark(day.keys[0], "code", scanned.code);
      const ticket = day.tickets.find(one => one.code === mark);
      return ticket ? judged(day, ticket, now, false, own) : { verdict: "unlisted" };
    }
    const claim = Tickets.claim(scanned.token), token = scanned.token.toUpperCase();
    if (!claim) return { verdict: "forged" };
    if (claim.office !== Tickets.claim(day.head.padEnd(36, "0")).office) return { verdict: "other_office" };
    if (claim.date !== day.date)
      return { verdict: claim.date < day.date ? "other_day_past" : "other_day", date: claim.date };
    if (!await Tickets.isSealed(token, day.keys)) return { verdict: "forged" };
    const mark = await Tickets.mark(day.keys[0], "ticket", token);
    const ticket = day.tickets.find(one => one.ticket === mark);
    return ticket ? judged(day, ticket, now, !!ticket.moved, own) : unlisted(day, mark, now, own);
  };

  return { judge };
})();
