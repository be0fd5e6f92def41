// Package expressroute holds what is known about Azure ExpressRoute: limits,
// reserved numbers, address rules, communities, timers, and the defaults that
// ercfg chooses from them.
//
// In come typed values, out go constants and answers of pure functions, each
// with its source: the name of a page of Microsoft's documentation, or an RFC.
// The package judges nothing: whether a fact is an error, a warning or a note
// is a rule's business. It knows nothing that changes per customer and never
// asks Azure; where a table may lag behind Azure, it says so.
package expressroute
