// Solves the form's little sum while it is being filled in (ALTCHA, SHA-256): about a second of work that
// makes sending thousands of forms dear. The form works without it, within narrower limits.
(() => {
  const field = document.querySelector("input[data-challenge]");
  if (!field || !globalThis.crypto?.subtle) return;
  const { algorithm, challenge, salt, signature, maxNumber } = JSON.parse(field.dataset.challenge);
  const letters = new TextEncoder();
  let solving;

  const hex = (octets) => Array.from(new Uint8Array(octets), (o) => o.toString(16).padStart(2, "0")).join("");

  async function solve() {
    for (let number = 0; number <= maxNumber; number++) {
      const digest = await crypto.subtle.digest(algorithm, letters.encode(salt + number));
      if (hex(digest) === challenge) {
        field.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
        return;
      }
    }
  }

  const begin = () => (solving ??= solve().catch(() => {}));
  field.form.addEventListener("focusin", begin, { once: true });
  field.form.addEventListener("submit", (event) => {
    if (field.value || field.dataset.tried) return;
    event.preventDefault();
    begin().then(() => {
      field.dataset.tried = "yes";
      field.form.requestSubmit();
    });
  });
})();
