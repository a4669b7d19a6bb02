// Stands in a bundle for a package that is required but not used (scripts/build.mjs).
module.exports = {};
