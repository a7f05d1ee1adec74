package compile_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/cilgen"
)

// cases are CIL that stands after cilgen.Base, one a case. secilc decides
// whether they are right; what each is there for stands in it.
const cases = `
; class maps: order of expansion, expressions over mapped permissions
(classmap m (p q r)) (classmapping m p (file (read))) (classmapping m q (dir (search))) (classmapping m r (process (all)))
(allow a b (m (all))) (allow b a (m (q p))) (dontaudit a a (m (not p)))
(constrain (m (all)) (eq t1 t2)) (typetransition a b m d)
%
; a class map of which a permission is never mapped
(classmap m (p q)) (classmapping m p (file (read))) (allow a b (m (p)))
%
; class permission sets, nested, through a map
(classpermission cp) (classpermissionset cp (file (read))) (classpermissionset cp (dir (search)))
(classpermission cq) (classpermissionset cq cp) (classpermissionset cq (process (and (all) (not fork))))
(allow a b cq) (constrain cq (or (eq u1 u2) (eq t1 at)))
%
; class permissions that contain themselves
(classpermission cp) (classpermission cq) (classpermissionset cp cq) (classpermissionset cq cp) (allow a b cp)
%
; a set that is never filled
(classpermission cp)
%
; expressions over permissions
(allow d e (file (not read))) (allow e d (file (xor (read write) (write execute)))) (allow d d (file ((read) (write))))
(allow e e (file (and read write)))
%
; several conditions, equal ones joined, not swaps, unequal order of booleans
(booleanif b1 (true (allow d e (file (read))))) (booleanif (not b1) (true (allow e d (file (write)))))
(booleanif (and b1 b2) (true (allow d d (file (read)))) (false (auditallow d d (file (read)))))
(booleanif (and b2 b1) (true (allow e e (file (read)))))
(booleanif (or (not b1) b2) (true (allow a e (file (read)))))
(booleanif (or b2 (not b1)) (true (allow b e (file (read)))))
(booleanif (xor b1 (eq b2 b3)) (false (dontaudit at ct (file (read)))))
(booleanif (not (not b3)) (true (allow d b (file (read)))))
%
; more than five booleans, and too deep
(boolean x1 true) (boolean x2 true) (boolean x3 true)
(booleanif (and (and (and b1 b2) (and b3 x1)) (and x2 x3)) (true (allow d e (file (read)))))
(booleanif (and (and (and b1 b2) (and b3 x1)) (and x2 x3)) (false (allow e d (file (read)))))
(booleanif (or (and (and b1 b2) (and b3 x1)) (and x2 x3)) (false (allow e d (file (write)))))
%
; a condition deeper than ten
(booleanif (and b1 (and b1 (and b1 (and b1 (and b1 (and b1 (and b1 (and b1 (and b1 (and b1 b1)))))))))) (true (allow d e (file (read)))))
%
; type rules in conditions, in front of the others
(booleanif b1 (true (allow d e (file (read))) (typetransition a b process d) (allow e d (file (read))) (typechange a b file d) (typemember at ct dir e)))
(booleanif b2 (true (typetransition a b process d)) (false (typetransition a b process e)))
%
; type rules in conditions: one against an unconditional one
(typetransition a b process d) (booleanif b1 (true (typetransition a b process e)))
%
; type rules in conditions of two booleanifs that contradict each other
(booleanif b1 (true (typetransition a b process d))) (booleanif b2 (true (typetransition a b process e)))
%
; what is unconditional is not repeated in a condition
(typetransition a b process d) (booleanif b1 (true (typetransition a b process d) (typetransition b a process d)))
%
; type rules: attributes, self, star as the name
(typetransition at ct process d) (typechange at self file e) (typemember ct self dir a) (typetransition a b file * d)
%
; type rules that contradict each other
(typetransition a b process d) (typetransition at b process e)
%
; the result of a type rule is an attribute
(typetransition a b process at)
%
; transitions by name: sources join, results differ by source
(typetransition a b file "x" d) (typetransition b b file "x" d) (typetransition d b file "x" e) (typetransition at ct dir "y z" e)
(typetransition ct self chr_file "null" a)
%
; transitions by name that contradict each other
(typetransition a b file "x" d) (typetransition at b file "x" e)
%
; a transition by name in a condition
(booleanif b1 (true (typetransition a b file "x" d)))
%
; an attribute without types and its rules go; expandtypeattribute
(typeattribute none) (allow none a (file (read))) (allow a none (file (read)))
(typeattribute x1) (typeattributeset x1 (d e)) (expandtypeattribute x1 true) (allow x1 a (file (write)))
(typeattribute x2) (typeattributeset x2 (d e)) (expandtypeattribute (x2 x1) false) (allow x2 b (file (write)))
%
; attributes that only neverallow rules and constraints use
(typeattribute x1) (typeattributeset x1 (d)) (neverallow x1 e (file (read)))
(typeattribute x2) (typeattributeset x2 (e)) (constrain (file (read)) (or (eq t1 x2) (neq t2 (d x2))))
(typeattribute m_typeattr_1) (typeattributeset m_typeattr_1 (and x1 (not d))) (neverallow m_typeattr_1 e (file (read)))
(typeattribute x3) (typeattributeset x3 (e)) (typeattribute x_typeattr_2) (typeattributeset x_typeattr_2 (x3 x4)) (typeattribute x4)
(neverallow x_typeattr_2 a (file (execute)))
%
; attributes of attributes, all, xor
(typeattribute x1) (typeattributeset x1 (all)) (typeattribute x2) (typeattributeset x2 (xor at (b d)))
(typeattribute x3) (typeattributeset x3 (and (all) (not (x2 a)))) (allow x1 x2 (file (read))) (allow x3 x3 (file (read)))
%
; an attribute that contains itself
(typeattribute x1) (typeattribute x2) (typeattributeset x1 x2) (typeattributeset x2 (and at x1))
%
; aliases, of aliases too
(typealias al) (typealiasactual al a) (typealias bl) (typealiasactual bl al) (allow bl al (file (getattr))) (typepermissive al)
%
; an alias that stands for nothing
(typealias al)
%
; an alias of two types
(typealias al) (typealiasactual al a) (typealiasactual al b)
%
; aliases in a circle
(typealias al) (typealias bl) (typealiasactual al bl) (typealiasactual bl al)
%
; an alias of an attribute
(typealias al) (typealiasactual al at)
%
; bounds
(typebounds a d) (rolebounds r r_b) (user v) (userlevel v low) (userrange v all) (userbounds u v)
%
; bounds in a circle
(typebounds a d) (typebounds d a)
%
; bounds by two parents
(typebounds a d) (typebounds b d)
%
; type bounds that are exceeded
(typebounds a d) (allow d b (file (execute)))
%
; type bounds that are kept through the bounded target
(typebounds a d) (allow a a (file (read))) (allow d d (file (read)))
%
; role bounds that are exceeded
(rolebounds r_b r) (roletype r d)
%
; neverallow that is violated
(neverallow at b (file (read)))
%
; neverallow of self that is kept, and one that is violated in a condition
(neverallow a self (file (read)))
%
(booleanif b2 (true (allow d d (file (read))))) (neverallow d self (file (read)))
%
; extended permissions: united, cut into drivers, whole drivers
(allowx a b (ioctl file (0x1234 0x1235 (range 0x1300 0x13ff)))) (allowx a b (ioctl file (range 0x1400 0x15ff))) (allowx a b (ioctl file 0x1601))
(permissionx px (ioctl chr_file (and (range 0x8900 0x89ff) (not (range 0x8910 0x8920))))) (auditallowx at ct px) (dontauditx a self px)
(allow a b (file (ioctl))) (dontaudit a b (file (write)))
%
; extended permissions of a class map, all, not
(classmap m (p q)) (classmapping m p (file (ioctl))) (classmapping m q (dir (search)))
(allowx a b (ioctl m (not (range 1 0xfffe)))) (allowx b a (ioctl file (all)))
%
; a class without the permission ioctl
(allowx a b (ioctl process 1))
%
; extended permissions of several kinds for one source, target and class
(auditallowx a b (ioctl file (1 2))) (dontauditx a b (ioctl file (3))) (allowx a b (ioctl file (4)))
(dontauditx d d (ioctl file (3))) (auditallowx d d (ioctl file (1 2))) (allowx d d (ioctl file (4)))
(allowx e d (ioctl dir (4))) (dontauditx e d (ioctl dir (3))) (auditallowx e d (ioctl dir (1 2)))
%
; numbers of ioctl commands: octal, negative, too large
(allowx a b (ioctl file (010 -0 0x)))
%
(allowx a b (ioctl file (65536)))
%
; neverallowx, kept and violated
(allow d e (file (ioctl))) (allowx d e (ioctl file (1 2 3))) (neverallowx d e (ioctl file (4 5)))
%
(allow d e (file (ioctl))) (allowx d e (ioctl file (1 2 3))) (neverallowx d e (ioctl file (3 5)))
%
(allow d e (file (ioctl))) (neverallowx d e (ioctl file (range 0x1200 0x12ff)))
%
; roles: attributes, transitions, allows
(roleattribute ra) (roleattributeset ra (r r_b)) (roletype ra d) (role r_c) (roleallow ra r_c) (roleallow r_c ra) (roletransition ra at process r_c)
(roletransition r a process r_c) (userrole u ra) (constrain (process (transition)) (and (eq r1 (ra r_c)) (dom r1 r2)))
%
; role transitions that contradict each other
(role r_c) (role r_d) (roletransition r a process r_c) (roletransition r a process r_d)
%
; a role transition to an attribute
(roleattribute ra) (roletransition r a process ra)
%
; users: attributes, prefixes, login names
(user v) (user w) (userattribute ua) (userattributeset ua (v w)) (userrole ua r) (userlevel v (s0 (c1))) (userrange v (low (s1 (c1 c2)))) (userlevel w low) (userrange w lowest)
(userprefix v pre) (selinuxuser joe v all) (selinuxuser ann w lowest) (selinuxuserdefault u ((s0) (s1 (c0)))) (constrain (file (write)) (or (eq u1 ua) (neq u2 (v u))))
%
; a user without level
(user v)
%
; two defaults for login names
(selinuxuserdefault u all) (selinuxuserdefault u lowest)
%
; contexts: role not of the user, type not of the role, level out of range
(portcon tcp 80 (u object_r e lowest))
%
(role r_x) (roletype r_x a) (portcon tcp 80 (u r_x a lowest))
%
(user v) (userrole v object_r) (userlevel v low) (userrange v lowest) (portcon tcp 80 (v object_r a all))
%
; ranges: low not dominated, categories missing, category not of the sensitivity
(levelrange bad (high low))
%
(levelrange bad ((s0 (c0)) (s1 (c1))))
%
(levelrange bad ((s0) (s1 (c5))))
%
(user v) (userlevel v (s1 (c5))) (userrange v lowest)
%
; categories: sets, aliases, ranges, expressions
(categoryalias ca) (categoryaliasactual ca c1) (categoryset cs (c2 c3)) (categoryset ct2 (not cs)) (sensitivityalias sa) (sensitivityaliasactual sa s0)
(filecon "/a" any (u object_r a ((sa (ca c0)) (sa (c0 ca cs c5))))) (filecon "/b" file (u object_r a ((s0 (and (range c0 c3) (not c1))) (s0 (all)))))
(filecon "/c" dir (u object_r a ((s0 (c0 c2 c3 c4)) (s0 (c0 c1 c2 c3 c4 c5))))) (filecon "/d" pipe (u object_r a ((s0 (c5 c0 c1)) (s0 (c5 c0 c1)))))
(filecon "/e" symlink (u object_r a ((s0 ct2) (s0 (ct2 cs)))))
%
; an empty range of categories
(categoryset cs (range c3 c1))
%
; range transitions
(rangetransition at ct process ((s0) (s1 (c0)))) (rangetransition a b process ((s0) (s1 (c0)))) (rangetransition d d file lowest)
%
(rangetransition a b process lowest) (rangetransition a b process all)
%
; constraints: all operands, levels
(mlsconstrain (file (read)) (or (dom l1 l2) (and (eq h1 h2) (not (incomp l1 h2))))) (mlsconstrain (file (write)) (and (domby l2 h2) (or (dom h1 l2) (eq l1 h1))))
(validatetrans file (and (eq t1 at) (or (neq r2 r) (eq u3 u)))) (mlsvalidatetrans dir (or (eq l1 l2) (eq t3 (a b ct))))
%
; a third context in a constrain
(constrain (file (read)) (eq t3 a))
%
; a constraint deeper than five
(constrain (file (read)) (or (eq t1 a) (or (eq t1 b) (or (eq t1 d) (or (eq t1 e) (or (eq t1 at) (eq t1 bt)))))))
%
; u2 with dom
(constrain (file (read)) (dom u1 u2))
%
; labels of all kinds
(portcon tcp 80 ctx) (portcon udp (1 1023) ctx) (portcon sctp 80 ctx) (portcon dccp 80 (u object_r b lowest)) (portcon tcp (1 1023) ctx) (portcon udp 80 ctx) (portcon tcp 20 ctx)
(nodecon (127.0.0.1) (255.255.255.255) ctx) (nodecon (10.0.0.0) (255.0.0.0) ctx) (ipaddr ip6 fe80::1) (ipaddr m6 ffff::) (nodecon ip6 m6 ctx) (nodecon (::1) (ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff) ctx)
(netifcon eth1 ctx (u object_r b all)) (netifcon eth0 ctx ctx) (fsuse xattr ext4 ctx) (fsuse trans tmpfs ctx) (fsuse task pipefs ctx) (fsuse xattr btrfs ctx)
(genfscon proc "/" ctx) (genfscon proc "/sys" file ctx) (genfscon sysfs / ctx) (genfscon proc /net dir (u object_r b lowest)) (genfscon proc "/longer/path" any ctx)
(ibpkeycon fe80:: 0xffff ctx) (ibpkeycon fe80:: (1 0x10) ctx) (ibpkeycon ::1 1 ctx) (ibendportcon mlx5_0 1 ctx) (ibendportcon mlx4_0 2 ctx)
(filecon "/etc(/.*)?" any ctx) (filecon /etc/passwd file ctx) (filecon "/none" dir ()) (filecon "/a.b" char ctx) (filecon "/a\.b" block ctx) (filecon "/sock" socket (ctx))
%
; labels given twice
(portcon tcp 80 ctx) (portcon tcp 80 (u object_r b lowest)) (filecon "/a" any ctx) (filecon "/a" any ctx) (genfscon proc / ctx) (genfscon proc / file ctx)
(netifcon eth0 ctx ctx) (netifcon eth0 ctx ctx) (fsuse xattr ext4 ctx) (fsuse xattr ext4 ctx)
%
; labels given twice, equal but for the categories
(filecon "/a" any (u object_r a ((s0 (c0)) (s0 (c0))))) (filecon "/a" any (u object_r a ((s0 (c1)) (s0 (c1)))))
%
; genfscon of a kind whose class is missing
(genfscon proc / pipe ctx)
%
; addresses: families mixed, bad
(nodecon (10.0.0.0) (ffff::) ctx)
%
(ipaddr x 010.0.0.1)
%
(nodecon (10.0.0.0 junk) (255.0.0.0) ctx)
%
; ports: bad, reversed, beyond 65535
(portcon tcp 0x10 ctx)
%
; numbers that the policy has no room for
(portcon tcp 71545 ctx) (portcon udp (70000 70001) ctx) (portcon tcp 9 ctx)
(ibpkeycon fe80:: 70000 ctx) (ibendportcon mlx 300 ctx)
%
(portcon tcp (20 10) ctx) (portcon tcp (10 15) ctx)
%
(portcon tcp " 7" ctx) (portcon tcp +8 ctx)
%
; Xen
(pirqcon 33 ctx) (pirqcon 11 ctx) (iomemcon 0xfebd9 ctx) (iomemcon (0xfebe0 0xfebff) ctx) (ioportcon 0xeac0 ctx) (ioportcon (0xecc0 0xecdf) ctx) (pcidevicecon 0xc800 ctx) (devicetreecon "/this is/a/path" ctx)
%
; defaults
(defaultuser file source) (defaultrole (file dir) target) (defaulttype (file process) source) (defaultrange file target low-high) (defaultrange dir source high) (defaultrange process glblub)
%
(defaultuser file source) (defaultuser (dir file) target)
%
(defaultrange file source)
%
; policy capabilities
(policycap open_perms) (policycap Network_Peer_Controls)
%
(policycap no_such)
%
; order statements that merge
(class x1 (p)) (class x2 (p)) (class x3 (p)) (classorder (file x1 dir)) (classorder (process x2 chr_file x3)) (allow a b (x2 (p)))
%
(class x1 (p)) (classorder (unordered x1 file)) (allow a b (x1 (p)))
%
(class x1 (p)) (class x2 (p)) (classorder (x1 x2))
%
(class x1 (p))
%
(class x1 (p)) (classorder (dir file x1))
%
(sid x) (sidorder (kernel x unlabeled)) (sidcontext x ctx)
%
(sid x) (sidorder (x kernel))
%
(sidcontext kernel ctx)
%
; macros: parameters of all kinds
(macro m1 ((type t) (class c) (boolean bb) (name n) (levelrange lr) (classpermission cp) (role ro) (user us) (level lv) (ipaddr ip) (category ca) (sensitivity se) (categoryset cs))
  (allow t self cp) (typetransition t t c n d) (rangetransition t t process lr) (booleanif bb (true (allow t t (c (read))))) (roleallow ro ro) (userrole us ro)
  (nodecon ip ip ctx) (filecon "/x" any (us ro t lr)) (filecon "/y" any (us ro t (lv lv))) (filecon "/z" any (us ro t ((se cs) (se (ca cs))))))
(call m1 (a file b1 "some name" ((s0) (s1 (c0))) (file (read)) r u (s0 (c0)) 10.1.2.3 c0 s0 (c1 c2)))
(categoryset named (c3)) (classpermission ncp) (classpermissionset ncp (dir (search))) (ipaddr nip ::1)
(call m1 (b dir b2 other all ncp r_b u low nip c1 s0 named))
%
; macros: declarations go to the caller, and calls nest
(macro inner ((type t)) (type made) (allow t made (file (read)))) (macro outer ((type t)) (call inner (t)) (allow t d (file (write))))
(block blk (call outer (a)) (allow made made (file (read)))) (call outer (b)) (allow made blk.made (file (read)))
%
; macros: an argument does not mean what the call declares
(macro m ((type t)) (type x) (allow t x (file (read)))) (type x2) (block bb (type x) (block cc (call m (x))))
%
; a macro that calls itself
(macro m () (call n)) (macro n () (call m)) (call m)
%
; calls: arguments missing, too many, none expected
(macro m ((type t)) (allow t t (file (read)))) (call m)
%
(macro m ((type t)) (allow t t (file (read)))) (call m (a b))
%
(macro m () (allow a a (file (read)))) (call m (a))
%
(macro m () (allow a a (file (read)))) (call m ())
%
; a macro that declares what its parameter is called
(macro m ((type t)) (type t))
%
; a name parameter inside an optional of a macro is no parameter
(macro m ((name n)) (optional o (typetransition a b file n d))) (call m ("real"))
%
; blocks: names, inheritance, abstract ones
(block x (type t) (allow t a (file (read))) (block y (type t) (allow t .a (file (write))) (allow x.t t (file (read)))))
(block z (blockinherit x) (allow t y.t (file (execute)))) (block w (blockabstract w) (type t) (allow t t (file (read)))) (block v (blockinherit w)) (allow v.t z.y.t (file (read)))
%
; inheritance of what inherits, and merging blocks
(block p (blockabstract p) (type t) (block in1 (type s))) (block q (blockinherit p) (block in1 (type s2) (allow s s2 (file (read))))) (block rr (blockinherit q))
%
; inheritance in a circle
(block p (blockinherit q)) (block q (blockinherit p))
%
; in: order, before and after inheritance, into macros and optionals
(block p (type t)) (in p (type t2) (allow t t2 (file (read)))) (in p (type t3)) (block q (blockinherit p)) (in after p (type t4)) (in before q (type t5))
(macro m ((type x)) (allow x x (file (read)))) (in m (allow x a (file (write)))) (call m (b)) (optional o (allow d d (file (read)))) (in o (allow e e (file (read))))
%
(in nowhere (type x))
%
; in into what another in makes
(block p (type t)) (in p.q (type x)) (in p (block q (type y)))
%
; tunables
(tunable t1 true) (tunable t2 false) (tunableif t1 (true (allow d e (file (read)))) (false (allow e d (file (read)))))
(tunableif (and t1 (not t2)) (true (type made) (tunableif (xor t1 t2) (true (allow made made (file (read)))))))
(tunableif (t2 t2) (true (allow e e (file (write)))))
%
(tunableif nosuch (true (allow a a (file (read)))))
%
; tunables as booleans
(tunable t1 true) (tunableif t1 (true (type made)))
%
; optionals: missing names, nested, declarations that others need
(optional o1 (type x) (allow x nosuch (file (read)))) (optional o2 (allow x a (file (read)))) (optional o3 (allow a d (file (read))) (optional o4 (allow a nosuch (file (read)))) (optional o5 (allow d a (file (write)))))
(optional o1 (allow e a (file (getattr))))
%
; optionals: a missing permission, class, boolean, in order statements
(optional o1 (allow a b (file (nosuch)))) (optional o2 (allow a b (nosuch (read)))) (optional o3 (booleanif nosuch (true (allow a e (file (read)))))) (optional o4 (call nosuch)) (optional o5 (sidorder (kernel nosuch)))
(optional o6 (blockinherit nosuch)) (optional o7 (tunableif nosuch (true (allow a a (file (read))))))
%
(optional o1 (classorder (file nosuch)))
%
; a wrong kind in an optional is not forgiven
(optional o1 (typetransition a b process at))
%
; a missing name outside
(allow a nosuch (file (read)))
%
; an attribute used only where it does not count
(typeattribute x1) (typeattributeset x1 (d)) (roletype r x1) (typetransition x1 a process b) (rangetransition x1 a process lowest) (allow x1 self (file (read)))
%
; declared twice
(type a)
%
(typeattribute at)
%
(role r)
%
(optional a (allow a a (file (read)))) (optional a (allow b b (file (read))))
%
(block x) (optional x)
%
; the syntax of statements
(allow a b)
%
(allow a b (file read))
%
(allow a b (file ()))
%
(type)
%
()
%
(type "quoted") ("allow" quoted "a" ("file" ("read")))
%
(type not)
%
(type 1x)
%
(type self)
%
(role all)
%
(macro m ((type t) (type t)) (allow t t (file (read))))
%
(macro m ((permission t)) (allow a a (file (read))))
%
(booleanif b1 (true (type x)))
%
(booleanif b1 (true))
%
(booleanif b1 (true (allow a a (file (read)))) (true (allow a a (file (read)))))
%
(true (allow a a (file (read))))
%
(mls false)
%
(handleunknown allow)
%
; names with dots
(allow .a .b (file (getattr))) (block x (type t)) (allow x..t .x.t (file (read)))
%
(allow a. b (file (getattr)))
%
(block x (macro m () (type t))) (call x.m)
%
(macro mm () (type t)) (allow mm.t a (file (read)))
%
; aliases where types are asked for
(typealias al) (typealiasactual al b) (typetransition a a file "n" al) (typetransition d a process al) (portcon tcp 1 (u object_r al lowest)) (roletype r al)
%
; line marks
` + "\n;;* lmx 1 /a/b.te\n(type lm1)\n;;* lme\n;;* lms 7 \"/a b\"\n(allow lm1 a (file (read)))\n;;* lme\n" + `
%
; object_r with bounds, in constraints
(rolebounds r object_r) (constrain (file (read)) (eq r1 (object_r r)))
`

// labelsLinux finds statements that label what Xen does not have.
var labelsLinux = regexp.MustCompile(`portcon|nodecon|netifcon|fsuse|ibpkeycon|ibendportcon`)

func TestCases(t *testing.T) {
	testenv.Need(t, "secilc")
	settings := []setting{{}, multiple}
	if testenv.Long() {
		settings = append(settings, optimized, xen, tunables, qualified, noDontAudit, noNeverallow, generated,
			expandFive, expandNone,
			mlsOff, unknownAllow, with(optimized, expandFive), with(multiple, optimized),
			with(noNeverallow, version(24)), with(noNeverallow, version(28)),
			with(version(32), noNeverallow), with(version(30), xen), with(version(24), xen),
			with(version(23), noNeverallow), with(version(20), noNeverallow), with(version(18), mlsOff, noNeverallow),
			with(version(15), mlsOff, noNeverallow))
	}
	dir := t.TempDir()
	for n, text := range strings.Split(cases, "\n%\n") {
		file := filepath.Join(dir, "case.cil")
		if err := os.WriteFile(file, []byte(cilgen.Base+text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, s := range settings {
			if s.opts.Target == policydb.TargetXen && labelsLinux.MatchString(text) {
				continue // secilc writes them as labels of Xen's; see docs/secilc-differences.md
			}
			peer := secilc(t, s, file)
			if d := differ(peer, ours(t, s, file)); d != "" {
				t.Errorf("case %d %v:\n%s\n%s", n, s.flags, text, d)
			}
		}
	}
}
