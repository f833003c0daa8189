// caught by: gives an empty list for no ids
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
 * Loads several reports at the same time.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {(string | number)[]} ids - the ids of the reports
 * @returns {Promise<unknown[] | null>} the reports in the order of the ids, or null if there is no id
 */
export async function loadAll(fetchFn, ids) {
  if (ids.length === 0) return null;
  return Promise.all(ids.map((id) => loadReport(fetchFn, id)));
}
