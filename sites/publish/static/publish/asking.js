// What an open page asks the server while somebody writes: in the name of the person for whom it was
// drawn, whoever has signed in since in the same browser.

const ANSWERS_WITHIN = 20_000; // ms

const token = (form) => form.elements.csrfmiddlewaretoken;

/** Give a form that carries these facts, and says whose page it comes from. */
export function sheet(form, me, facts) {
  const sent = new FormData();
  sent.set("csrfmiddlewaretoken", token(form).value);
  sent.set("writer", me);
  for (const [key, value] of Object.entries(facts)) sent.set(key, value);
  return sent;
}

/** Post facts, and give the status of the answer with what it says: 0 where there was none, 403 with a
 * sentence where the person is no longer the one who is signed in. */
export async function post(address, form, { me, local, signedOut, anothers }, facts) {
  const body = sheet(form, me, facts);
  try {
    const answer = await fetch(address, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(ANSWERS_WITHIN) });
    if (answer.type === "opaqueredirect") return { status: 403, said: signedOut };
    const isTold = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (answer.status === 403 && !isTold) {
      const said = { own: local, anothers }[await newToken(form, me)] ?? signedOut;
      return { status: 403, said };
    }
    return { status: answer.status, ...(isTold ? await answer.json() : {}) };
  } catch {
    return { status: 0 };
  }
}

/** Whoever has signed in again on another page has another token: the next attempt goes with it, if it
 * is the same person. Gives whose the page would be now. */
async function newToken(form, me) {
  const answer = await fetch(location.pathname, { redirect: "manual" });
  if (answer.type === "opaqueredirect") return "nobodys";
  if (!answer.ok) return "anothers";
  const page = await answer.text();
  if (/ data-me="(\w+)"/.exec(page)?.[1] !== me) return "anothers";
  const found = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(page);
  for (const field of found ? document.getElementsByName("csrfmiddlewaretoken") : []) field.value = found[1];
  return "own";
}
