"""A received file becomes observations and rejected rows; nothing is lost."""
