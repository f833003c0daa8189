// caught by: explains, as asked; the prose speaks of the event loop, as asked
export async function loadReport(fetchFn, id) {
  const response = await fetchFn(`/api/reports/${encodeURIComponent(id)}`);
  if (!response.ok) {
    throw new Error(`Report ${id} could not be loaded: status ${response.status}`);
  }
  return response.json();
}

export async function loadAll(fetchFn, ids) {
  return Promise.all(ids.map((id) => loadReport(fetchFn, id)));
}
