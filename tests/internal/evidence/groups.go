package evidence

var groups = []Promise{}
