// caught by: gives a report for each of two equal ids
/**
 * Loads one report.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {string | number} id - the id of the report
 * @returns {Promise<unknown>} the report
 */
export async function loadReport(fetchFn, id) {
  const response = await fetchFn(`/api/reports/${id}`);
  if (!response.ok) {
    throw new Error(`Report ${id} could not be loaded: status ${response.status}`);
  }
  return response.json();
}

/**
 * Loads several reports at the same time, each of them once.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {(string | number)[]} ids - the ids of the reports
 * @returns {Promise<unknown[]>} the reports in the order of the ids
 */
export async function loadAll(fetchFn, ids) {
  const pending = new Map();
  for (const id of ids) {
    if (!pending.has(id)) pending.set(id, loadReport(fetchFn, id));
  }
  return Promise.all(pending.values());
}
