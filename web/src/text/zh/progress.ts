/** Chinese: the page of progress. */
export const progress = {
  "progress.title": "疑点处理进度",
  "progress.by": "按",
  "progress.flags": "疑点",
  "progress.open": "待处理",
  "progress.closed": "已办结",
  "progress.share": "办结率",
  "progress.total": "合计",
};
