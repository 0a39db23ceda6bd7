// [number of texts looked at, those with less than 4.5:1 against what is behind them].
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  function pixel(colours) {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return canvas.getImageData(0, 0, 1, 1).data;
  }

  function luminance([red, green, blue]) {
    const [r, g, b] = [red, green, blue].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function grounds(element) {
    const found = [];
    for (let node = element; node; node = node.parentElement) {
      found.unshift(getComputedStyle(node).backgroundColor);
    }
    return found;
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const weak = [];
  let checked = 0;
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest("noscript")) continue;
    const ground = grounds(element);
    const colour = getComputedStyle(element).color;
    const [one, other] = [luminance(pixel([...ground, colour])), luminance(pixel(ground))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    checked += 1;
    if (ratio < 4.5) weak.push(`${element.className || element.id}: ${ratio.toFixed(2)}`);
  }
  return [checked, weak];
}
