// Forms of files: a file that is too large is refused before it travels, and travelling is seen.

const forms = (event) => event.target.closest?.("form[data-upload]");

document.addEventListener("change", (event) => {
  const form = forms(event);
  if (!form || event.target.type !== "file") return;
  const tooLarge = [...event.target.files].some((file) => file.size > Number(form.dataset.limit));
  event.target.setCustomValidity(tooLarge ? form.dataset.tooLarge : "");
  event.target.reportValidity();
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = forms(event)?.querySelector("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
});
