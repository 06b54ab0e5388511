// Tickets and codes as ticketing/codes.py reads and proves them; a test compares the two. Keys are HMAC keys of WebCrypto.
const Tickets = (() => {
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford: no I, L, O, U
  const VERSION = 1, HEAD = 8, SEAL = 14, CODE_DIGITS = 9, LONGEST = 300, MARK_BYTES = 9, DAY_MS = 86400000;
  const DAMM = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];
  const TOKEN = /^[0-9A-Za-z]{36}$/, ADDRESS = /(?:^|\/)t\/([^/?#.\s]+)(?:[.?#].*)?$/i;
  const SEPARATORS = /[\s.\-‐‑‒–—−]+/g, MENDED = { O: "0", o: "0", I: "1", l: "1" };

  // What was meant to be a code, its digits right or wrong; null if it was not.
  const codeDigits = text => {
    const digits = text.replace(SEPARATORS, "").replace(/[OoIl]/g, letter => MENDED[letter]);
    return /^[0-9]+$/.test(digits) ? digits : null;
  };

  const readCode = text => {
    const digits = codeDigits(text);
    const checked = digits?.length === CODE_DIGITS && [...digits].reduce((row, digit) => DAMM[row][digit], 0);
    return checked === "0" ? digits : null;
  };

  // { code } or { token }, or null for what is neither.
  const readScan = given => {
    const text = given.trim();
    if ([...text].length > LONGEST) return null;
    const code = readCode(text);
    if (code) return { code };
    const token = (text.match(/[0-9A-Za-z]+/g) || []).reverse().find(run => TOKEN.test(run)) ?? ADDRESS.exec(text)?.[1];
    return token ? { token } : null;
  };

  // The office's id and the date a token names, unproven; null if it is none of ours by its form.
  const claim = token => {
    const values = [...token.toUpperCase()].map(letter => ALPHABET.indexOf(letter));
    if (!TOKEN.test(token) || values.includes(-1)) return null;
    const bits = values.slice(0, HEAD).reduce((sum, value) => sum * 32 + value, 0); // 40 bits: exact in a double
    if (Math.floor(bits / 2 ** 36) !== VERSION) return null;
    const days = Math.floor(bits / 2 ** 20) % 2 ** 16;
    return { office: bits % 2 ** 20, date: new Date(Date.UTC(2020, 0, 1) + days * DAY_MS).toISOString().slice(0, 10) };
  };

  const hmac = async (key, text) =>
    new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));

  // The first 70 bits as 14 letters.
  const letters = bytes => {
    const bits = [...bytes.slice(0, 9)].map(byte => byte.toString(2).padStart(8, "0")).join("");
    return Array.from({ length: SEAL }, (_, n) => ALPHABET[parseInt(bits.slice(n * 5, n * 5 + 5), 2)]).join("");
  };

  const isSealed = async (token, keys) => {
    const body = token.slice(0, -SEAL), seal = token.slice(-SEAL);
    const made = await Promise.all(keys.map(key => hmac(key, body)));
    return made.some(bytes => letters(bytes) === seal);
  };

  // As day_list.mark.
  const mark = async (key, kind, text) =>
    btoa(String.fromCharCode(...(await hmac(key, `${kind}|${text}`)).slice(0, MARK_BYTES)))
      .replaceAll("+", "-").replaceAll("/", "_");

  const key = encoded => {
    const raw = Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), one => one.charCodeAt(0));
    return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]); // cannot be read out
  };

  return { codeDigits, readScan, claim, isSealed, mark, key };
})();
