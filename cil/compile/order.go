package compile

import "slices"

// misc1 resolves order statements and the conditions of booleanif.
func (c *compiler) misc1(s stmtID) found {
	switch symID(c.stmts[s].kind) {
	case wBooleanIf:
		u, a := c.args(s)
		expr, got := c.expression(s, u, a, tBools)
		if got == foundIt {
			c.boolIfs = append(c.boolIfs, boolIf{s, expr})
		}
		return got
	case wSIDOrder:
		return c.orderStmt(s, orderSID, tSIDs, isSID)
	case wClassOrder:
		return c.orderStmt(s, orderClass, tClasses, isClass)
	case wCategoryOrder:
		return c.orderStmt(s, orderCat, tCats, isCat)
	}
	return c.orderStmt(s, orderSens, tSens, isSens)
}

// orderStmt mirrors cil_resolve_classorder and its like.
func (c *compiler) orderStmt(s stmtID, which int, t table, kind what) found {
	u, a := c.args(s)
	f := u.file
	list := orderList{stmt: s}
	unordered := false
	for i := a + 1; i < f.End(a); i = f.Next(i) {
		if which == orderClass && u.word(i) == wUnordered {
			unordered = true
			continue
		}
		id, got := c.name(s, t, u, i)
		if got == notFound && which == orderClass {
			c.unknown(s, u.word(i), t)
			c.diags.list[len(c.diags.list)-1].Kind = Other // as libsepol has it
			return failed
		}
		if got != foundIt {
			return got
		}
		if c.data[id].kind != kind {
			c.notA(s, id, "a "+whatNames[kind])
			return failed
		}
		list.items = append(list.items, id)
	}
	o := &c.orders[which]
	if unordered {
		o.unordered = append(o.unordered, list)
	} else {
		o.lists = append(o.lists, list)
	}
	return foundIt
}

var orderNames = [4]string{"sidorder", "classorder", "categoryorder", "sensitivityorder"}

// orderAll merges the order statements and checks that everything is in them.
func (c *compiler) orderAll() error {
	for which := range c.orders {
		c.mergeOrder(which)
		if err := c.failed(); err != nil {
			return err
		}
	}
	for n, id := range c.order[orderCat] {
		c.data[id].value = uint32(n)
	}
	for _, s := range c.mustOrder {
		id := c.datumOf(s)
		if !c.data[id].order {
			which := orderSID
			switch c.data[id].kind {
			case isClass:
				which = orderClass
			case isCat:
				which = orderCat
			case isSens:
				which = orderSens
			}
			name := c.names[c.data[id].name]
			d := c.failStmt(s, "%s %s is in no %s", whatNames[c.data[id].kind], name, orderNames[which])
			if which == orderClass {
				d.want("(classorder (unordered " + name + "))")
			} else {
				d.want("(" + orderNames[which] + " (... " + name + " ...))")
			}
		}
	}
	return c.failed()
}

// mergeOrder mirrors __cil_ordered_lists_merge_all.
func (c *compiler) mergeOrder(which int) {
	o := &c.orders[which]
	m := merger{c: c}
	for waiting, changed := len(o.lists), true; waiting > 0 && changed; {
		waiting, changed = 0, false
		for i := range o.lists {
			l := &o.lists[i]
			if l.merged {
				continue
			}
			if m.merge(l.items) {
				l.merged, changed = true, true
			} else {
				waiting++
			}
		}
		if waiting > 0 && !changed {
			for i := range o.lists {
				if !o.lists[i].merged {
					c.failStmt(o.lists[i].stmt, "this %s contradicts the others, or shares nothing with them",
						orderNames[which])
				}
			}
			return
		}
	}
	for i := range o.unordered {
		for _, id := range o.unordered[i].items {
			if !slices.Contains(m.list, id) && !m.insert(len(m.list), id) {
				return
			}
		}
	}
	c.order[which] = m.list
}

// A merger joins lists into one order.
type merger struct {
	c    *compiler
	list []datumID
}

// insert puts an item before place at; an item can be put once.
func (m *merger) insert(at int, id datumID) bool {
	d := &m.c.data[id]
	if d.order {
		return false
	}
	d.order = true
	m.list = slices.Insert(m.list, at, id)
	return true
}

// insertAll puts items before place at, in their order.
func (m *merger) insertAll(at int, items []datumID) bool {
	for n, id := range items {
		if !m.insert(at+n, id) {
			return false
		}
	}
	return true
}

// merge mirrors __cil_ordered_lists_merge. A failure may leave a part merged.
func (m *merger) merge(items []datumID) bool {
	if len(items) == 0 {
		return true
	}
	if len(m.list) == 0 {
		return m.insertAll(0, items)
	}
	n, o := 0, -1
	for ; n < len(items); n++ {
		if o = slices.Index(m.list, items[n]); o >= 0 {
			break
		}
	}
	if o < 0 || n != 0 && o != 0 {
		return false
	}
	if n != 0 {
		// libsepol puts the items before the match at the head of the list.
		if !m.insertAll(0, items[:n]) {
			return false
		}
		o = n
	}
	n, o = n+1, o+1
	for n < len(items) && o < len(m.list) {
		if items[n] == m.list[o] {
			n, o = n+1, o+1
			continue
		}
		if k := indexFrom(items, n+1, m.list[o]); k >= 0 {
			if !m.insertAll(o, items[n:k]) {
				return false
			}
			o += k - n + 1
			n = k + 1
			continue
		}
		k := indexFrom(m.list, o+1, items[n])
		if k < 0 {
			return false
		}
		n, o = n+1, k+1
	}
	return m.insertAll(len(m.list), items[n:])
}

func indexFrom(list []datumID, from int, id datumID) int {
	if from > len(list) {
		return -1
	}
	if k := slices.Index(list[from:], id); k >= 0 {
		return from + k
	}
	return -1
}
