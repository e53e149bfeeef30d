/** Chinese: the page of field zones. */
export const split = {
  "nav.split": "片区",
};
