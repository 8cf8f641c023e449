package history

import (
	"fmt"
	"slices"
	"syscall"
)

// onNetwork says whether a directory lies on a file system of the network,
// whose locks don't hold what SQLite needs of them (statfs(2)).
func onNetwork(dir string) (bool, error) {
	const nfs, smb, cifs, smb2, ceph, afs = 0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x5346414f
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return false, fmt.Errorf("ask for the file system of %q: %w", dir, err)
	}
	return slices.Contains([]uint32{nfs, smb, cifs, smb2, ceph, afs}, uint32(s.Type)), nil
}
