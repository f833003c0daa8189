// caught by: tells its caller of a failure; rejects on a network failure; rejects on a body that is not JSON
/**
 * Loads one report.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {string | number} id - the id of the report
 * @returns {Promise<unknown | null>} the report, or null if it could not be loaded
 */
export async function loadReport(fetchFn, id) {
  try {
    const response = await fetchFn(`/api/reports/${id}`);
    if (!response.ok) {
      throw new Error(`Report ${id} could not be loaded: status ${response.status}`);
    }
    return await response.json();
  } catch (error) {
    console.error("loading a report failed:", error);
    return null;
  }
}

/**
 * Loads several reports at the same time.
 *
 * @param {typeof fetch} fetchFn - behaves like the standard `fetch`
 * @param {(string | number)[]} ids - the ids of the reports
 * @returns {Promise<unknown[]>} the reports in the order of the ids, null where one could not be loaded
 */
export async function loadAll(fetchFn, ids) {
  return Promise.all(ids.map((id) => loadReport(fetchFn, id)));
}
