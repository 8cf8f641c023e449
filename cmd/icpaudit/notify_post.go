package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/icpaudit/icpaudit/report/deliver"
)

// post makes the senders that the plan needs, and gives each draft its own. Only
// now are secrets read.
func (m *mailing) post() (func(deliver.Draft) deliver.Sender, error) {
	needed := func(channel deliver.Channel, to string) bool {
		return slices.ContainsFunc(m.plan.Drafts, func(d deliver.Draft) bool {
			return d.Skip == "" && d.Channel == channel && (to == "" || d.To == to)
		})
	}
	var mailer *deliver.Mailer
	if needed(deliver.ByMail, "") {
		o := m.c.Deliver.Mail
		password, err := deliver.ReadSecret(o.PasswordFile, o.PasswordEnv, os.LookupEnv)
		if err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
		if mailer, err = deliver.NewMailer(o, password); err != nil {
			return nil, err
		}
	}
	chats := map[string]*deliver.Chat{}
	for _, o := range m.c.Deliver.Chats {
		if !needed(deliver.ByChat, o.Name) {
			continue
		}
		chat, err := m.chat(o)
		if err != nil {
			return nil, err
		}
		chats[o.Name] = chat
	}
	return func(d deliver.Draft) deliver.Sender {
		if d.Channel == deliver.ByChat {
			return chats[d.To]
		}
		return mailer
	}, nil
}

func (m *mailing) chat(o deliver.ChatOptions) (*deliver.Chat, error) {
	address, err := deliver.ReadSecret(o.URLFile, o.URLEnv, os.LookupEnv)
	if err != nil {
		return nil, fmt.Errorf("chat %s: %w", o.Name, err)
	}
	secret, err := deliver.ReadSecret(o.SecretFile, o.SecretEnv, os.LookupEnv)
	if err != nil {
		return nil, fmt.Errorf("chat %s: %w", o.Name, err)
	}
	return deliver.NewChat(m.ref, o, address, secret, m.p.now, deliver.Wait)
}
