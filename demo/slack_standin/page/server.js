// Telling the stand-in what a person does; its answer as an object.

export async function tell(path, what) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(what) });
  return answer.json();
}
