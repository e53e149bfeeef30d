/** Chinese: one step on many flags. */
export const bulk = {
  "bulk.title": "批量处理",
};
