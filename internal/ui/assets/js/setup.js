// The set-up link carries its token behind the #, so that it stands in no log and no Referer. Here it moves into the form, and
// out of the address. Without scripts the person pastes it.

const form = document.querySelector("[data-setup]");
const token = decodeURIComponent(location.hash.slice(1));
if (form && token) {
  form.elements.token.value = token;
  form.querySelector("[data-setup-paste]").hidden = true;
  history.replaceState(null, "", location.pathname);
}
