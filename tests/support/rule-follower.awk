# A command-line agent: reads the skills that its prompt names, and obeys rules such as
# - When the message mentions "lamp", answer `lights`.
# Each call is a line in the file `-v calls=PATH`.
NR == 1 {
  for (line = $0; match(line, /[^ ,]*SKILL\.md/); line = substr(line, RSTART + RLENGTH))
    files[++count] = substr(line, RSTART, RLENGTH)
}
{ all = all tolower($0) "\n" }
isTask { task = task tolower($0) "\n" }
/^Task:$/ { isTask = 1 }
END {
  # Without a skill the prompt is the task.
  if (task == "") task = all
  if (calls != "") print task >> calls
  for (file = 1; file <= count; file++)
    while ((getline rule < files[file]) > 0)
      if (holds(rule)) {
        split(rule, parts, "`")
        print parts[2]
        exit
      }
  print "?"
}

# A rule with an answer holds where the task has all of its quoted words.
function holds(rule,    words, number, at) {
  if (rule !~ /^- .*`[^`]+`/) return 0
  number = split(rule, words, "\"")
  for (at = 2; at < number; at += 2)
    if (index(task, tolower(words[at])) == 0) return 0
  return 1
}
