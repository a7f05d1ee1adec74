package semanagecli

// sameLines are command lines that give the same result as in semanage in every respect. They run one after the
// other on the same store. A word in "..." may hold blanks; what follows <<< is standard input.
const sameLines = `
# listing
port -l
port -ln
port -l -n -C
port --list --noheading --locallist
boolean -l
boolean -l -n -C
node -l
interface -l
ibpkey -l
ibendport -l
interface -l -t foo
port -E
boolean --extract
export
export -f -
-o -
# usage
port -x -l
port -l -x
port -l -x y z
-N port -l
-N --bogus port -l x y
-- port -l
nosuch -l
-5 port
-hport -l
port -l -a
port -a -l -d
port -a -l -t
port -l -p
port -a -N -t
port -aN5
port --add=5 x
port --no -l
port --lo -l -n
port --ad -N -t http_port_t -p tcp 80
port --ad --noreload --typ http_port_t --pro tcp 80
port -a -N -t=http_port_t -p tcp 80
port -a -N --type=http_port_t --proto=tcp 80
port -aNthttp_port_t -ptcp 80
port -a -N --po tcp 5
port -1 -l
port -l -l -n -C
boolean -m -10 x
boolean -m -N --on --off x
boolean -m --o x
boolean -lC0
boolean -1 x
boolean -l -1
boolean -l x
boolean -a x
boolean -m -N x
boolean -m -N --on
boolean -E -C
boolean -D -C
boolean -5 -l
node -l -M x
interface -l eth0
interface -E -t x
ibpkey -E -x y
ibendport -E -C
export -f
export x -S default
export -N -S default
import -x y
import -S
-S default -o -
-i /nonexistent/file
import -N -f /nonexistent/file
import -N -f ""
port -l -t foo
port -l 55
port -l -p tcp 55
port -E -C
port -D -N -C
port -a -C -N -t http_port_t -p tcp 6000
port -a -N -t http_port_t 5603
port -a -N -p tcp 5603
port -a -N -t http_port_t -p tcp
port -a -N -t "" -p tcp 5603
port -a -N -t http_port_t -p tcp ""
port -a -N -t-- -p tcp 5
port -d -N 80
port -m -N 80 -t http_port_t
port -d -N -p tcp
node -a -N -t node_t -p ipv4 10.0.0.0
node -a -N -t node_t -M 255.0.0.0 10.0.0.0
node -a -N -t node_t -p ipv4 -M 255.0.0.0
node -a -N -p ipv4 -M 255.0.0.0 10.0.0.0
node -d -N 10.0.0.0
interface -a -N eth0
interface -m -N eth0
interface -a -N -t netif_t
ibpkey -a -N -t x 5
ibpkey -a -N -x fe80:: 5
ibendport -a -N -t x 5
ibendport -d -N 5
ibendport -d -N -z mlx
# stores
port -l -S nosuch
port -a -N -t http_port_t -p tcp 5601 -S nosuch
boolean -l -S ../x
import -N -S nosuch
# ports
port -a -N -t http_port_t -p tcp 80
port -a -N -t httpd_t -p tcp 5603
port -a -N -t nosuch_t -p tcp 5603
port -a -N -t httpd_t -p ip x
port -a -N -t http_port_t -p ip x
port -a -N -t http_port_t -p TCP 5603
port -a -N -t http_port_t -p tcp 70000
port -a -N -t http_port_t -p tcp 70000-70001
port -a -N -t http_port_t -p tcp 99999999999999999999
port -a -N -t http_port_t -p tcp x
port -a -N -t http_port_t -p tcp 8x-9
port -a -N -t http_port_t -p tcp -- -5
port -a -N -t http_port_t -p tcp -5
port -a -N -t http_port_t -p tcp -5x
port -a -N -t http_port_t -p tcp 5-
port -a -N -t http_port_t -p tcp 5-6-7
port -a -N -t http_port_t -p tcp 0x50
port -a -N -t http_port_t -p tcp "8 0"
port -a -N -t http_port_t -p tcp 8__0
port -a -N -t http_port_t -p tcp "it's"
port -a -N -t http_port_t -p tcp " 8_0 "
port -a -N -t http_port_t -p tcp 5601
port -a -N -t http_port_t -p tcp 5601
port -a -N -t http_port_t -p tcp 05601
port -N -a -t http_port_t -p tcp 0
port -N -a -t http_port_t -p udp 5604-5606 -r s0:c1
port -N -a -t ssh_port_t -p sctp 5700
port -N -a -t ssh_port_t -p dccp 5700-5701
port -d -N -p tcp 80
port -d -N -p tcp 79
port -d -N -p tcp 5605
port -d -N -p udp 5604-5606
port -m -N -p tcp 5605 -t ssh_port_t
port -m -N -p tcp 5605 -t httpd_t
port -m -N -p tcp 5605
port -m -N -p tcp 5601 -t ""
port -m -N -p tcp 5601 -t ssh_port_t
port -m -N -p tcp 5601 -t ssh_port_t -r s0:c3,c5
port -m -C -N -p tcp 80 -t http_cache_port_t
port -l
port -l -C
port -lnC
port -E
port -d -N -p tcp 80
port -l -n
# booleans
boolean -m -N --on nosuch
boolean -m -N --on "a b"
boolean -m -N --on httpd_enable_cgi
boolean -m -N -C -0 httpd_can_network_connect
boolean -N -1 -m ftp_home_dir
boolean -l -C
boolean -l -n
boolean -E
boolean -D -1 -N
boolean -l -C
boolean -m -N -1 httpd_enable_cgi
# nodes
node -a -N -t node_t -p ipv4 -M 255.0.0.0 10.0.0.0
node -a -N -t node_t -p ipv4 -M 255.0.0.0 10.0.0.0
node -a -N -t foo_t -p ipv4 -M 255.0.0.0 10.0.0.0
node -a -N -t http_port_t -p ipv4 -M 255.0.0.0 10.0.0.0x
node -a -N -t node_t -p ipvx -M 255.0.0.0 10.0.0.0
node -a -N -t node_t -p ipv4 -M /8 10.0.0.1
node -a -N -t node_t -p ipv4 -M /255.0.0.0 10.0.0.1
node -a -N -t node_t -p ipv4 -M /0.255.255.255 10.0.0.1
node -a -N -t node_t -p ipv4 -M /33 10.0.0.0
node -a -N -t node_t -p ipv4 -M / 10.0.0.0
node -a -N -t node_t -p ipv4 -M /x 10.0.0.0
node -a -N -t node_t -p ipv4 -M /8 10.0.0.0/8
node -a -N -t node_t -p ipv4 -M /8 host
node -a -N -t node_t -p ipv4 -M /255.0.255.0 10.0.0.0
node -a -N -t node_t -p ipv6 -M /16 ::ffff:1.2.3.4
node -a -N -t node_t -p foo -M /16 10.1.0.0
node -a -N -t node_t -p foo -M /0.0.255.255 10.2.0.0
node -a -N -t node_t -p foo -M /32 2001:DB8::
node -a -N -t node_t -p foo -M /32 2001:db8::
node -a -N -t node_t -p ipv6 -M ffff:: 2001:DB8::1
node -a -N -t node_t -p ipv6 -M ffff:: 2001:0DB8::1
node -a -N -t node_t -p ipv6 -M ffff:: ::102:304
node -d -N -M 255.0.0.0 10.0.0.0
node -d -N -M /16 10.1.0.0
node -d -N -M /16 10.1.0.0
node -d -N -p ipv4 -M 255.0.0.0 127.0.0.1
node -m -N -p ipv4 -M 255.0.0.0 127.0.0.2 -t node_t
node -m -N -p ipv6 -M ffff:: 2001:DB8::1 -t http_port_t
node -m -N -p ipv6 -M ffff:: 2001:DB8::1 -t node_t -r s0:c5
node -m -N -p ipv6 -M ffff:: 2001:DB8::1 -t ""
node -m -N -p x -M ffff:: 2001:DB8::1 -t ""
node -l
node -l -C -n
node -E
# interfaces
interface -a -N -t netif_t eth0
interface -a -N -t netif_t eth0
interface -a -N -t netif_t eth1 -r s0-s0:c0.c1023
interface -m -N -t netif_t eth2
interface -m -N -t node_t eth1 -r s0:c7
interface -d -N eth2
interface -d -N eth0
interface -l
interface -l -C -n
interface -E
# InfiniBand: a policy without the attributes has no type for it
ibpkey -a -N -t http_port_t -x fe80:: 1
ibpkey -a -N -t http_port_t -x fe80:: 0x1-0x5
ibpkey -d -N -x fe80:: 0x1-0x5
ibpkey -d -N -x fe80:: 0b1-0o5
ibpkey -d -N -x fe80:: 0x1-0x5-0x6
ibpkey -d -N -x fe80:: 70000
ibpkey -d -N -x fe80:: x
ibpkey -d -N -x fe80:: 010
ibpkey -d -N -x fe80:: 0_0
ibpkey -d -N -x fe80:: 0x_1
ibpkey -d -N -x fe80:: ""
ibpkey -m -N -x fe80:: 1
ibpkey -m -N -x fe80:: 1 -t ""
ibpkey -m -N -x fe80:: 1 -r s0 -t ""
ibpkey -m -N -x fe80:: 1 -t http_port_t
ibendport -a -N -t http_port_t -z mlx 1
ibendport -d -N -z mlx 0
ibendport -d -N -z mlx 256
ibendport -d -N -z mlx 05
ibendport -d -N -z mlx x
ibendport -d -N -z mlx -1
ibendport -m -N -z mlx 1 -t foo
ibendport -m -N -z mlx 1 -t "" -r s0
# import
import -N <<< port -a -t http_port_t -p tcp 5611\nboolean -m --on ftp_home_dir
import -N <<< port -a -t http_port_t -p tcp 5612\nport -a -t ssh_port_t -p tcp 5612
import -N <<< port -a -t http_port_t -p tcp 5612\nport -d -p tcp 5612
import -N <<< port -a -t http_port_t -p tcp 5613\nport -d -p tcp 5613
import -N <<< interface -a -t node_t eth1 -r s0:c5-s0\nport -d -p udp 1000-1010
import -N <<< interface -a -t netif_t lo\ninterface -a -t netif_t eth1\ninterface -a -t netif_t a\ninterface -D
import -N <<< node -a -t node_t -M 255.0.0.0 -p ipv4 10.0.0.0\nnode -a -t node_t -M 255.0.0.0 -p ipv4 9.0.0.0\nnode -D
import -N <<< port -a -t http_port_t -p tcp 5613\nport -l -C -n\nport -m -p tcp 5613 -t http_port_t
import -N <<< port -a -t http_port_t -p tcp 5613\nimport
import -N <<< port -a -t http_port_t -p tcp 5613\nport -a
import -N <<< port -a -t http_port_t -p tcp 5613\nport -a -x
import -N <<< port -a -t http_port_t -p tcp 5613\nnosuch
import -N <<< port -a -t http_port_t -p tcp 5613\n# comment
import -N <<< port -a -t 'http_port_t' -p "tcp" "5613"
import -N <<< port -a -t http_port_t -p tcp 5614\nexport
import -N <<< port -d -p tcp 5613\nport -d -p tcp 5613
import -N <<< port -D\nport -a -t http_port_t -p tcp 5611
import -N <<< \n\n  \n
import -N <<< port -D -N\nport -a -t http_port_t -p tcp 5620\nport -E\nport -l -C
# deleting all
port -D -N
boolean -D -N
node -D -N
interface -D -N
ibpkey -D -N
ibendport -D -N
port -D -N
export -S STORE
port -l -C -S STORE
port -l -S STORE
`

// mlsLines are lines that a policy with more levels may answer differently.
const mlsLines = `
port -l -S mls
port -a -N -S mls -t http_port_t -p tcp 5601 -r s1:c0.c3,c7
port -a -N -S mls -t http_port_t -p tcp 5602
port -m -N -S mls -t http_port_t -p tcp 5602 -r s0-s15:c0.c1023
port -l -C -S mls
port -E -S mls
node -a -N -S mls -t node_t -M /8 -p x 10.0.0.0 -r s3
node -l -S mls
interface -a -N -S mls -t netif_t lo -r s0-s15:c0.c1023
interface -l -S mls
boolean -m -N -S mls --on httpd_can_network_connect
boolean -l -C -S mls
boolean -l -S mls
export -S mls
-S mls -o -
import -N -S mls <<< node -D\ninterface -D\nport -D\nboolean -D
export -S mls
`
