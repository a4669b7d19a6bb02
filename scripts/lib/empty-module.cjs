// Stands in a bundle for a module that is required but not used (scripts/build.mjs).
module.exports = {};
