// The window's composition root.
document.body.textContent = 'hello';
