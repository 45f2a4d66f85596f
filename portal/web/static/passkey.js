// Makes a passkey or signs with one. Without JavaScript the page works through the other ways.
const form = document.querySelector("form[data-passkey]");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function answer(options, making) {
  options.challenge = bytes(options.challenge);
  for (const known of options.allowCredentials ?? options.excludeCredentials ?? []) known.id = bytes(known.id);
  if (making) {
    options.user.id = bytes(options.user.id);
    const made = await navigator.credentials.create({ publicKey: options });
    return wrap(made, {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
    });
  }
  const signed = await navigator.credentials.get({ publicKey: options });
  return wrap(signed, {
    clientDataJSON: text(signed.response.clientDataJSON),
    authenticatorData: text(signed.response.authenticatorData),
    signature: text(signed.response.signature),
    userHandle: signed.response.userHandle ? text(signed.response.userHandle) : null,
  });
}

const wrap = (credential, response) =>
  JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });

if (form && window.PublicKeyCredential) {
  form.hidden = false;
  document.querySelector("[data-ohne-passkey]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const trouble = form.querySelector("[data-fehler]");
    trouble.hidden = true;
    try {
      const options = JSON.parse(form.dataset.passkey);
      form.elements.passkey_antwort.value = await answer(options, form.hasAttribute("data-neu"));
      form.submit();
    } catch {
      trouble.hidden = false;
    }
  });
}
