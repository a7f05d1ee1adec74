package audit

// fileSystem returns the type that policies give all files of a file system without labels which a line names, and the
// name of it; "" for none, and for several.
func fileSystem(text string) (typ, name string) {
	for _, f := range [...]struct {
		typ, name string
		words     []string
	}{
		{"nfs_t", "NFS", []string{"nfs", "nfs4", "nfsv3", "nfsv4"}},
		{"cifs_t", "CIFS", []string{"cifs"}},
		{"fusefs_t", "FUSE", []string{"sshfs", "s3fs", "mergerfs", "glusterfs", "rclone mount", "vmhgfs-fuse"}},
		{"dosfs_t", "FAT", []string{"vfat", "exfat", "fat32"}},
	} {
		switch {
		case !hasWord(text, f.words...):
		case typ != "":
			return "", ""
		default:
			typ, name = f.typ, f.name
		}
	}
	return typ, name
}
