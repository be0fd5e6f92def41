package emulator

import (
	"fmt"
	"strconv"
	"strings"
)

// exec does a line of EXEC mode.
func (s *iosxeSession) exec(line string, column int) {
	command, pipe, piped := strings.Cut(line, "|")
	mode := "exec"
	if !s.privileged {
		mode = "user"
	}
	l, fault := understand(mode, strings.TrimRight(command, " "), false)
	switch {
	case fault != nil && fault.at == 0 && fault.kind == iosxeInvalid && !strings.Contains(line, " "):
		// One word that is no command is taken for a host to connect to.
		s.t.print("% Bad IP address or host name\n% Unknown command or computer name, or unable to find computer address\n")
		return
	case fault != nil:
		s.complain(line, column, fault)
		return
	}
	text := s.do(l)
	if piped {
		filtered, err := iosxeFilter(text, pipe)
		if err != nil {
			s.complain(line, column, &iosxeFault{iosxeInvalid, strings.IndexByte(line, '|') + 2})
			return
		}
		text = filtered
	}
	s.t.print(text)
}

// do is what a command answers.
func (s *iosxeSession) do(l *iosxeLine) string {
	switch words := strings.Fields(l.pattern.text); words[0] {
	case "show":
		return s.show(l)
	case "configure":
		return s.doConfigure(l)
	case "clear":
		return s.doClear(l)
	case "write", "copy":
		return s.doCopy(l)
	case "terminal":
		n, _ := strconv.Atoi(l.words[len(l.words)-1])
		switch words[1] {
		case "length":
			s.t.length = n
		case "width":
			s.t.width = n
		}
	case "dir":
		return s.doDir(l.words[1])
	case "delete":
		return s.doDelete(l.words[1])
	case "archive":
		return s.doArchive()
	case "exit", "logout", "quit":
		s.over = true
	}
	return ""
}

// show prints what is asked for.
func (s *iosxeSession) show(l *iosxeLine) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch l.pattern.text {
	case "show privilege":
		level := 15
		if p := s.router.options.Faults.Privilege; p > 0 {
			level = p
		}
		return fmt.Sprintf("Current privilege level is %d\n", level)
	case "show version":
		return iosxeVersion(s.name())
	case "show clock":
		return s.router.options.Clock().UTC().Format("15:04:05.000 MST Mon Jan 2 2006") + "\n"
	case "show archive":
		return s.showArchive()
	case "show archive config rollback timer":
		return s.showUndo()
	case "show running-config":
		body := "!\n" + s.changed + "\n!\n" + s.root.print()
		return fmt.Sprintf("Building configuration...\n\nCurrent configuration : %d bytes\n%s\n", len(body), body)
	case "show startup-config":
		return fmt.Sprintf("Using %d out of 33554432 bytes\n!\n%s\n", len(s.saved), s.saved)
	case "show bgp all neighbors":
		return s.showNeighbors()
	case "show bfd neighbors details":
		return s.showBFD()
	case "show snmp mib ifmib ifindex":
		return s.showIndexes()
	}
	if l.words[len(l.words)-1] == "longer-prefixes" {
		return s.showInside(l)
	}
	return s.showRoutes(l)
}

// iosxeVersion is the beginning of show version, of a release that push.md's
// commands are documented for.
func iosxeVersion(name string) string {
	return "Cisco IOS XE Software, Version 17.09.04a\n" +
		"Cisco IOS Software [Cupertino], ASR1000 Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.9.4a, RELEASE SOFTWARE (fc3)\n" +
		"\nROM: IOS-XE ROMMON\n\n" + name + " uptime is 3 weeks, 2 days, 4 hours, 5 minutes\n" +
		"System image file is \"bootflash:packages.conf\"\n\nConfiguration register is 0x2102\n\n"
}

// doConfigure enters configuration mode, or decides about a pending change (Cisco,
// Configuration Rollback Confirmed Change; Exclusive Configuration Change Access).
func (s *iosxeSession) doConfigure(l *iosxeLine) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	minutes, _ := strconv.Atoi(l.words[len(l.words)-1])
	idle := strings.Contains(l.pattern.text, " idle ")
	switch text := l.pattern.text; {
	case text == "configure confirm":
		return s.confirm()
	case text == "configure revert now":
		if s.undo == nil {
			return iosxeNoUndo
		}
		return s.rollBack()
	case strings.HasPrefix(text, "configure revert timer"):
		if s.undo == nil {
			return iosxeNoUndo
		}
		s.count(s.undo, minutes, idle)
		return ""
	}
	if by := s.router.options.Faults.ForeignLock; by != "" {
		return fmt.Sprintf(" Configuration mode locked exclusively by user '%s' process '88' from terminal '2'. Please try later.\n", by)
	}
	backup := ""
	if strings.Contains(l.pattern.text, " revert ") {
		if s.setting("file prompt") == "noisy" && s.undo == nil && s.archivePath() != "" {
			if !s.ask("Destination filename [" + s.archivePath() + "]? ") {
				return ""
			}
		}
		if wrong := s.arm(s.t, s.t.user, minutes, idle); wrong != "" {
			return wrong
		}
		backup = "Rollback Confirmed Change: Backing up current running config to " + s.undo.file + "\n\n"
	}
	s.in = []iosxeStep{}
	return backup + "Enter configuration commands, one per line.  End with CNTL/Z.\n"
}

// ask asks a question that the return key answers with what stands in brackets; it
// is false when the session has ended. The configuration is not locked meanwhile.
func (s *iosxeSession) ask(question string) bool {
	s.mu.Unlock()
	defer s.mu.Lock()
	line := s.t.line
	_, err := s.t.read("answer", question)
	s.t.line = line // the answer that follows is to the command
	s.over = err != nil
	return err == nil
}

// doCopy saves the configuration (Cisco, Configuration Fundamentals Command
// Reference: copy, write memory, file prompt).
func (s *iosxeSession) doCopy(l *iosxeLine) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	prompts := s.setting("file prompt")
	if to := l.words[len(l.words)-1]; l.pattern.text == "copy running-config <word>" {
		return s.copyTo(to, prompts)
	}
	if (l.words[0] == "copy" && prompts != "quiet" || prompts == "noisy") && !s.ask("Destination filename [startup-config]? ") {
		return ""
	}
	if s.router.diskFull.Load() {
		return "Building configuration...\nstartup-config file open failed (No space left on device)\n"
	}
	s.saved = s.root.print()
	if archive := s.root.find("archive"); archive != nil && archive.has("write-memory") {
		s.archive()
	}
	return "Building configuration...\n[OK]\n"
}

// copyTo writes the running configuration into a file, after questions.
func (s *iosxeSession) copyTo(to, prompts string) string {
	_, name, _ := strings.Cut(to, ":")
	if prompts != "quiet" && !s.ask("Destination filename ["+name+"]? ") {
		return ""
	}
	if s.files[to] != "" && prompts != "quiet" {
		s.t.print("%Warning:There is a file already existing with this name \n")
		if !s.ask("Do you want to over write? [confirm]") {
			return ""
		}
	}
	if s.router.diskFull.Load() {
		return fmt.Sprintf("%%Error opening %s (No space left on device)\n", to)
	}
	s.files[to] = s.root.print()
	n := len(s.files[to])
	return fmt.Sprintf("%d bytes copied in 0.433 secs (%d bytes/sec)\n", n, n*1000/433)
}

// doDir lists the files of a file system, and its room.
func (s *iosxeSession) doDir(where string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	const total = 7451738112
	used, i := 0, 11
	var out strings.Builder
	fmt.Fprintf(&out, "Directory of %s/\n\n", where)
	for _, name := range sortedKeys(s.files) {
		fmt.Fprintf(&out, "%5d  -rw-  %15d  %s  %s\n", i, len(s.files[name]), s.router.options.Clock().UTC().Format("Jan 2 2006 15:04:05 -07:00"), strings.TrimPrefix(name, where))
		used, i = used+len(s.files[name]), i+1
	}
	free := total - used
	if s.router.diskFull.Load() {
		free = 0
	}
	fmt.Fprintf(&out, "\n%d bytes total (%d bytes free)\n", total, free)
	return out.String()
}

func (s *iosxeSession) doDelete(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	file, short, _ := strings.Cut(name, ":")
	if s.setting("file prompt") != "quiet" && (!s.ask("Delete filename ["+short+"]? ") || !s.ask("Delete "+file+":/"+short+"? [confirm]")) {
		return ""
	}
	if _, there := s.files[name]; !there {
		return fmt.Sprintf("%%Error deleting %s (No such file or directory)\n", name)
	}
	delete(s.files, name)
	return ""
}

func (s *iosxeSession) doArchive() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.archivePath() == "" {
		return " Archive feature not enabled\n"
	}
	if _, ok := s.archive(); !ok {
		return iosxeNoSpace
	}
	return ""
}
