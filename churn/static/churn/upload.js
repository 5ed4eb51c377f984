// Forms of files: a file that is too large is refused before it travels, and travelling is seen.

const forms = (event) => event.target.closest?.("form[data-upload]");

const checkSize = (field) => {
  const { limit, tooLarge } = field.form.dataset;
  const refused = [...field.files].some((file) => file.size > Number(limit));
  field.setCustomValidity(refused ? tooLarge : "");
  if (refused) field.reportValidity();
};

document.addEventListener("change", (event) => {
  if (forms(event) && event.target.type === "file") checkSize(event.target);
});

// A file may have been chosen before this script arrived.
document.querySelectorAll("form[data-upload] input[type=file]").forEach(checkSize);

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = forms(event)?.querySelector("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
});
