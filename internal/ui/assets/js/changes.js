// The bar of unsaved changes: <form id="x" data-changes> with <div data-save-bar="x">. Without scripts the bar is always there.

for (const bar of document.querySelectorAll("[data-save-bar]")) {
  const form = document.getElementById(bar.dataset.saveBar);
  if (form) watch(form, bar);
}

function watch(form, bar) {
  const came = "dirty" in bar.dataset; // it came back with errors: there is something to save already
  const count = bar.querySelector(".save-count");
  let leaving = false;

  const update = () => {
    const n = changed(form);
    bar.hidden = n === 0 && !came;
    count.textContent = n === 0 ? "Not saved" : n === 1 ? "1 change" : `${n} changes`;
  };
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("submit", () => { leaving = true; });
  bar.querySelector("[data-discard]")?.addEventListener("click", (event) => {
    leaving = true;
    if (came) return;
    event.preventDefault();
    form.reset();
    update();
    leaving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && changed(form) > 0) event.preventDefault();
  });
  addEventListener("pageshow", update);
  update();
}

// changed counts the names whose value is not the one the page came with.
function changed(form) {
  const names = new Set();
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || field.type === "submit") continue;
    if (different(field)) names.add(field.type === "checkbox" ? `${field.name}=${field.value}` : field.name);
  }
  return names.size;
}

function different(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") {
    const before = [...field.options].find((o) => o.defaultSelected) ?? field.options[0];
    return field.value !== before?.value;
  }
  return field.value.replaceAll("\r\n", "\n") !== field.defaultValue.replaceAll("\r\n", "\n");
}
