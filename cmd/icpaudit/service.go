package main

import (
	"net"
	"os"
)

// notifier tells the service manager how the program fares: READY=1, WATCHDOG=1
// and STOPPING=1 as sd_notify(3) describes. Without one it tells nobody.
type notifier struct{ conn *net.UnixConn }

func newNotifier() notifier {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return notifier{}
	}
	if path[0] == '@' {
		path = "\x00" + path[1:]
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return notifier{} // the manager then finds the start too slow, which is its to tell
	}
	return notifier{conn}
}

func (n notifier) tell(state string) {
	if n.conn != nil {
		n.conn.Write([]byte(state))
	}
}

func (n notifier) close() {
	if n.conn != nil {
		n.conn.Close()
	}
}
