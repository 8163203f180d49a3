// Passkeys: what the server asks of the browser, and what the browser answers, as a form's field.
//
// <form data-passkey="add | use | sign-in" data-passkey-options="id of the JSON on this page">
// "sign-in" fetches its options when they are needed: a challenge is one visitor's, and short-lived.

const toBytes = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
};

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (known = []) => known.map((key) => ({ ...key, id: toBytes(key.id) }));

// The names are those of WebAuthn, level 3: what PublicKeyCredential.toJSON() would give.
const answerOf = (credential) => {
  const given = credential.response;
  const response = { clientDataJSON: toText(given.clientDataJSON) };
  if (given.attestationObject) {
    response.attestationObject = toText(given.attestationObject);
    response.transports = given.getTransports?.() ?? [];
  } else {
    response.authenticatorData = toText(given.authenticatorData);
    response.signature = toText(given.signature);
    response.userHandle = given.userHandle ? toText(given.userHandle) : null;
  }
  return {
    type: credential.type,
    id: credential.id,
    rawId: toText(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
};

const create = ({ publicKey }, alone) =>
  navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: alone ? "required" : "discouraged",
        requireResidentKey: alone,
        userVerification: alone ? "required" : "preferred",
      },
    },
  });

const use = ({ publicKey }) =>
  navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  });

const optionsOf = async (form) => {
  const id = form.dataset.passkeyOptions;
  if (id) return JSON.parse(document.getElementById(id).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The house answered ${answer.status}.`);
  return answer.json();
};

const ask = async (form) => {
  const options = await optionsOf(form);
  return form.dataset.passkey === "add"
    ? create(options.creation_options, form.elements.passwordless.checked)
    : use(options.request_options);
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-button]");
  const error = form.querySelector("[data-passkey-error]");
  if (!window.PublicKeyCredential) {
    form.querySelector("[data-passkey-unable]").hidden = false;
    continue;
  }
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(answerOf(await ask(form)));
      form.submit();
    } catch {
      // Called off, timed out, or not this house's: browsers do not tell which, on purpose.
      error.hidden = false;
      button.disabled = false;
    }
  });
}
