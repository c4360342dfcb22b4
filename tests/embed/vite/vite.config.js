// Relative addresses, so that the build works from any folder of any host; and the one line that shuke needs.
export default { base: "./", optimizeDeps: { exclude: ["shuke"] } };
