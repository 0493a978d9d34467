package evidence

var security = []Promise{}
