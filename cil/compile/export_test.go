package compile

// Mended returns how many builds of a cache changed the last one instead of making all.
func Mended(c *Cache) int { return c.mended }
