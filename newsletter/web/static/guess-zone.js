// Sets the time zone of the form to the browser's own; the page works without it.
(() => {
  const select = document.querySelector("select[data-guess]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!select || !zone) return;
  select.value = zone;
  if (select.value !== zone) {
    // Browsers know old spellings of some names, which the server accepts too.
    select.add(new Option(zone.replaceAll("_", " "), zone, true, true), 0);
  }
  for (const note of document.querySelectorAll("[data-guessed]")) note.hidden = false;
})();
