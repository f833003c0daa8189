// caught by: loads the reports at the same time; could be merged as it is
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
 * Loads several reports.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {(string | number)[]} ids - the ids of the reports
 * @returns {Promise<unknown[]>} the reports in the order of the ids
 */
export async function loadAll(fetchFn, ids) {
  const reports = [];
  for (const id of ids) {
    reports.push(await loadReport(fetchFn, id));
  }
  return reports;
}
