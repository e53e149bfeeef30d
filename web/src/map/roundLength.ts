/** Return the largest of 1, 2, 3, 5 times a power of ten that is not longer. */
export const roundLength = (most: number): number => {
  const ten = 10 ** Math.floor(Math.log10(most));
  return ten * ([5, 3, 2].find((times) => times * ten <= most) ?? 1);
};
