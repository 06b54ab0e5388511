// The address in the QR carries the code behind #, which no server sees. It is put into the field and taken off the
// address; a person presses the button, so that nobody's browser becomes a device by a link.
"use strict";
const digits = location.hash.replace(/\D/g, "");
if (digits) {
  document.getElementById("code").value = digits.replace(/^(\d{5})(\d+)$/, "$1 $2");
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("main form .button").focus();
}
